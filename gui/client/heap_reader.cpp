// SPDX-License-Identifier: Apache-2.0
#include "gui/client/heap_reader.h"

#include <chrono>
#include <utility>

#include "client/instant_words.h"
#include "gui/client/site_series.h"
#include "gui/client/when_of.h"

namespace heaptap::gui {
namespace {

using namespace std::chrono_literals;

struct HeapThen {
  Sites sites;
  QString words;
};

Result<HeapThen> heapAt(client::ProfileSource& source, const std::string& session, const client::When& when,
                        const std::stop_token& stop) {
  auto profile = source.profile(session, when, stop);
  if (!profile) return tl::unexpected(std::move(profile.error()));
  HeapThen heap;
  if (profile->instant) heap.words = QString::fromStdString(client::titleFor(*profile->instant));
  SiteSeries series;
  heap.sites = series.next(*profile);
  return heap;
}

}  // namespace

HeapReader::HeapReader(QueryClient& client, const QString& session, SessionStore& store, Selection& selection,
                       QObject* parent)
    : QObject(parent), m_client(client), m_session(session), m_store(store), m_selection(selection) {
  m_again.setSingleShot(true);
  m_again.setInterval(1s);
  connect(&m_again, &QTimer::timeout, this, &HeapReader::ask);
  connect(&selection, &Selection::changed, this, [this](Selection::Parts parts) {
    if (parts & Selection::Time) follow();
  });
}

HeapReader::~HeapReader() = default;

void HeapReader::follow() {
  m_request.cancel();
  m_again.stop();
  m_store.expectHeap(m_selection.time());
  if (!m_selection.time().isNow()) ask();
}

void HeapReader::ask() {
  const TimeChoice time = m_selection.time();
  m_request = m_client.ask<Result<HeapThen>>(
      [session = m_session.toStdString(), when = whenOf(time)](client::ProfileSource& source,
                                                               const std::shared_ptr<Ticket>& ticket) {
        return heapAt(source, session, when, ticket->stop());
      },
      [this, time](const Result<HeapThen>& heap) {
        if (heap) return m_store.setHeap(time, heap->sites, heap->words);
        m_store.setHeapProblem(time, QString::fromStdString(heap.error().line()).simplified());
        if (heap.error().isPassing) m_again.start();
      });
}

}  // namespace heaptap::gui
