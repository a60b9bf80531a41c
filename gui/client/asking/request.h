// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stop_token>
#include <utility>

namespace heaptap::gui {

/// A question under way, as the asker and the worker share it. It may take several calls, one after the
/// other.
class Ticket {
 public:
  /// Ends the call under way, and those that would follow. Threads: any.
  void cancel() { m_stop.request_stop(); }
  [[nodiscard]] std::stop_token stop() const { return m_stop.get_token(); }

  bool isOpen = true;  ///< Neither answered nor given up. Threads: the asker's only.

 private:
  std::stop_source m_stop;
};

/// What an asker holds of a question. Empty when there is none.
/// Owns:    the question: when this goes away or is replaced, the call is cancelled, and nothing of its
///          answer arrives any more.
/// Threads: the asker's.
class Request {
 public:
  Request() = default;
  explicit Request(std::shared_ptr<Ticket> ticket) : m_ticket(std::move(ticket)) {}
  ~Request() { cancel(); }
  Request(Request&&) noexcept = default;
  Request& operator=(Request&& other) noexcept {
    if (this == &other) return *this;
    cancel();
    m_ticket = std::exchange(other.m_ticket, nullptr);
    return *this;
  }

  void cancel() {
    if (!isUnderWay()) return;
    m_ticket->isOpen = false;
    m_ticket->cancel();
  }
  [[nodiscard]] bool isUnderWay() const { return m_ticket && m_ticket->isOpen; }

 private:
  std::shared_ptr<Ticket> m_ticket;
};

}  // namespace heaptap::gui
