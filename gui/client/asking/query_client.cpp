// SPDX-License-Identifier: Apache-2.0
#include "gui/client/asking/query_client.h"

#include <QMetaObject>

namespace heaptap::gui {
namespace {

/// A watch, an overview, a profile, the list of sessions, and some to spare while cancelled calls wind down.
constexpr int kWorkers = 8;

}  // namespace

QueryClient::QueryClient(std::shared_ptr<client::ProfileSource> source, QObject* parent)
    : QObject(parent), m_source(std::move(source)) {
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
