// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/heap_reader.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "gui/client/readers/counted_heap.h"

namespace heaptap::gui {
namespace {

using namespace std::chrono_literals;

constexpr int kRest = 9;
constexpr qint64 kLongestRestMs = 10'000;

}  // namespace

HeapReader::HeapReader(QueryClient& client, const QString& session, SessionStore& store, Selection& selection,
                       QObject* parent)
    : QObject(parent), m_client(client), m_session(session), m_store(store), m_selection(selection) {
  m_again.setSingleShot(true);
  m_again.setInterval(1s);
  m_rest.setSingleShot(true);
  connect(&m_again, &QTimer::timeout, this, &HeapReader::ask);
  connect(&m_rest, &QTimer::timeout, this, &HeapReader::followNewer);
  connect(&store, &SessionStore::begun, this, &HeapReader::follow);
  connect(&store, &SessionStore::sitesChanged, this, [this] {
    m_isOld = true;
    followNewer();
  });
  connect(&store, &SessionStore::answersAgain, this, [this] {
    m_asked.start();  // Waiting for the source was no work of it.
    m_rest.stop();
    followNewer();
  });
  connect(&selection, &Selection::changed, this, [this](Selection::Parts parts) {
    if (parts & (Selection::Time | Selection::Filter) && wish() != m_store.heapWish()) follow();
  });
  follow();
}

HeapReader::~HeapReader() = default;

HeapWish HeapReader::wish() const {
  return {.time = m_selection.time(), .counts = m_selection.filter().counts()};
}

void HeapReader::follow() {
  m_request.cancel();
  m_again.stop();
  m_rest.stop();
  m_series = std::make_shared<SiteSeries>();
  const HeapWish wanted = wish();
  m_store.expectHeap(wanted);
  if (!wanted.isPlain()) ask();
}

void HeapReader::followNewer() {
  if (!m_isOld || !m_store.heapWish().time.isNow() || m_store.heapWish().isPlain()) return;
  if (m_request.isUnderWay() || m_rest.isActive() || m_again.isActive()) return;
  ask();
}

void HeapReader::ask() {
  const HeapWish wanted = m_store.heapWish();
  m_isOld = false;
  m_asked.start();
  m_request = m_client.ask<Result<CountedHeap>>(
      [session = m_session.toStdString(), wanted, series = m_series](client::ProfileSource& source,
                                                                     const std::shared_ptr<Ticket>& ticket) {
        return readHeap(source, session, wanted, *series, ticket->stop());
      },
      [this, wanted](const Result<CountedHeap>& heap) {
        m_rest.start(static_cast<int>(std::min(kRest * m_asked.elapsed(), kLongestRestMs)));
        if (heap) return m_store.setHeap(wanted, heap->sites, heap->words, heap->earlier);
        m_store.setHeapProblem(wanted, QString::fromStdString(heap.error().line()).simplified());
        if (heap.error().isPassing) m_again.start();
      });
}

}  // namespace heaptap::gui
