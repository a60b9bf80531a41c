// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/client_context.h>

#include <memory>
#include <mutex>
#include <utility>

namespace heaptap::gui {

/// A question under way, as the asker and the worker share it. It may take several calls, one after the
/// other.
class Ticket {
 public:
  /// The context for the next call; that of the call before is gone. Threads: the worker's.
  grpc::ClientContext& nextCall() {
    const std::lock_guard lock(m_mutex);
    m_context = std::make_unique<grpc::ClientContext>();
    if (m_cancelled) m_context->TryCancel();
    return *m_context;
  }
  /// Ends the call under way, and those that would follow. Threads: any.
  void cancel() {
    const std::lock_guard lock(m_mutex);
    m_cancelled = true;
    if (m_context) m_context->TryCancel();
  }

  bool isOpen = true;  ///< Neither answered nor given up. Threads: the asker's only.

 private:
  std::mutex m_mutex;
  bool m_cancelled = false;
  std::unique_ptr<grpc::ClientContext> m_context;
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
