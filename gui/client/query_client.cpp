// SPDX-License-Identifier: Apache-2.0
#include "gui/client/query_client.h"

#include <QMetaObject>

namespace heaptap::gui {
namespace {

/// A watch, a refresh, the list of sessions, and one to spare while a cancelled call winds down.
constexpr int kWorkers = 4;

}  // namespace

QueryClient::QueryClient(const std::shared_ptr<grpc::Channel>& channel, std::string where, QObject* parent)
    : QObject(parent), m_calls(channel, std::move(where)) {
  m_workers.setMaxThreadCount(kWorkers);
}

QueryClient::~QueryClient() {
  for (const auto& weak : m_tickets)
    if (const auto ticket = weak.lock()) ticket->cancel();
  m_workers.clear();
  m_workers.waitForDone();
}

void QueryClient::start(const std::shared_ptr<Ticket>& ticket, std::function<void()> work) {
  std::erase_if(m_tickets, [](const auto& weak) { return weak.expired(); });
  m_tickets.push_back(ticket);
  m_workers.start(std::move(work));
}

void QueryClient::deliver(std::shared_ptr<Ticket> ticket, std::function<void()> handler) {
  QMetaObject::invokeMethod(
      this,
      [ticket = std::move(ticket), handler = std::move(handler)] {
        if (ticket->isOpen) handler();
      },
      Qt::QueuedConnection);
}

}  // namespace heaptap::gui
