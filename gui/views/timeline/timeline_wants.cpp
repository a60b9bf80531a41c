// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline/timeline_wants.h"

#include <algorithm>
#include <chrono>

namespace heaptap::gui {
namespace {

using namespace std::chrono_literals;

constexpr auto kQuiet = 120ms;  // So long the part has stayed the same.
constexpr qint64 kLeastPauseMs = 5'000;
constexpr qint64 kPausesForOne = 10;  // A question may take a tenth of the time.

}  // namespace

TimelineWants::TimelineWants(TimelineView& timeline, SessionStore& store, Selection& selection,
                             QObject* parent)
    : QObject(parent), m_timeline(timeline), m_store(store), m_selection(selection) {
  m_soon.setSingleShot(true);
  m_soon.setInterval(kQuiet);
  m_again.setSingleShot(true);
  connect(&m_soon, &QTimer::timeout, this, &TimelineWants::wantSeries);
  connect(&m_again, &QTimer::timeout, this, [this] {
    ++m_turn;
    wantSeries();
  });
  connect(&timeline, &TimelineView::windowChanged, this, &TimelineWants::wantPart);
  connect(&timeline, &TimelineView::windowChanged, this, &TimelineWants::wantSeriesSoon);
  connect(&timeline, &TimelineView::seriesWanted, this, &TimelineWants::wantSeries);
  connect(&selection, &Selection::changed, this, [this](Selection::Parts parts) {
    if (!(parts & Selection::Filter)) return;
    QStringList words;
    for (const FilterTerm& term : m_selection.filter().termsOf(FilterTerm::Of::Thread))
      if (!term.isNot) words << term.text;
    m_timeline.setChosenThreads(words);
    wantSeriesSoon();
  });
  connect(&store, &SessionStore::begun, this, [this] {
    m_soon.stop();
    m_again.stop();
  });
  connect(&store, &SessionStore::summaryChanged, this, [this] {
    if (!m_store.timelineSeries().wish()) wantSeries();
  });
  connect(&store, &SessionStore::timelineChanged, this, &TimelineWants::followTimeline);
  connect(&store, &SessionStore::answersAgain, this, &TimelineWants::askAfterSilence);
  connect(&store.timelinePart(), &AskedSignals::answered, this, [this] {
    const Timeline* part = m_store.timelinePart().known();
    m_timeline.setDetail(part != nullptr ? *part : Timeline());
  });
  connect(&store.timelineSeries(), &AskedSignals::answered, this, &TimelineWants::followSeries);
  connect(&store.timelineSeries(), &AskedSignals::progressed, this, &TimelineWants::showNote);
}

bool TimelineWants::isSettled() const {
  const auto isThere = [](const auto& asked) {
    return !asked.wish() || asked.isCurrent() || !asked.problem().isEmpty();
  };
  return !m_soon.isActive() && isThere(m_store.timelinePart()) && isThere(m_store.timelineSeries());
}

void TimelineWants::wantPart() {
  if (m_timeline.showsAll()) return m_store.timelinePart().want(std::nullopt);
  const double pixels = m_timeline.plot().width() * m_timeline.devicePixelRatioF();
  m_store.timelinePart().want(TimelineWish{.window = m_timeline.window(), .steps = static_cast<int>(pixels)});
}

void TimelineWants::wantSeriesSoon() {
  // What is there stays until the next one comes: only another window needs one.
  if (m_store.summary()) m_soon.start();
}

void TimelineWants::wantSeries() {
  m_soon.stop();
  if (!m_store.summary()) return;
  const int rows = m_timeline.laneRoom();
  if (rows == 0 && !m_timeline.showsLayers()) return m_store.timelineSeries().want(std::nullopt);
  const double pixels = m_timeline.plot().width() * m_timeline.devicePixelRatioF();
  std::vector<FilterTerm> terms = m_selection.filter().names().terms();
  for (const FilterTerm& term : m_selection.filter().termsOf(FilterTerm::Of::Size)) terms.push_back(term);
  SeriesWish wish{.window = std::nullopt,
                  .steps = static_cast<int>(pixels),
                  .hasLayers = m_timeline.showsLayers(),
                  .lanes = std::max(rows - 1, 0),  // The last one is of all others.
                  .filter = SiteFilter(std::move(terms)),
                  .turn = m_turn};
  if (!m_timeline.showsAll()) wish.window = m_timeline.window();
  if (m_store.timelineSeries().wish() == wish) return;
  m_again.stop();
  m_asked.start();
  m_store.timelineSeries().want(wish);
}

void TimelineWants::followSeries() {
  const TimelineSeries* series = m_store.timelineSeries().known();
  if (m_store.timelineSeries().isCurrent() && m_asked.isValid()) m_answerMs = m_asked.elapsed();
  m_timeline.setSeries(series != nullptr ? *series : TimelineSeries());
  showNote();
  checkRoom();
}

void TimelineWants::checkRoom() {
  const auto& wish = m_store.timelineSeries().wish();
  if (wish && wish->lanes != std::max(m_timeline.laneRoom() - 1, 0)) m_soon.start();
}

void TimelineWants::followTimeline() {
  wantPart();
  const auto& asked = m_store.timelineSeries();
  if (!asked.wish()) return wantSeries();
  checkRoom();
  if (m_again.isActive() || !asked.isCurrent()) return;
  const qint64 pause = std::max(kLeastPauseMs, kPausesForOne * m_answerMs);
  m_again.start(std::chrono::milliseconds(std::max<qint64>(pause - m_asked.elapsed(), 0)));
}

void TimelineWants::askAfterSilence() {
  // The wait for a collector that hung was no work of its.
  m_answerMs = 0;
  if (!m_store.timelineSeries().wish()) return;
  m_asked.restart();
  if (!m_store.timelineSeries().isCurrent()) return;  // The answer is on its way.
  ++m_turn;
  wantSeries();
}

void TimelineWants::showNote() {
  const auto& asked = m_store.timelineSeries();
  QString note;
  if (!asked.problem().isEmpty())
    note = tr("No threads and call sites over time: %1").arg(asked.problem());
  else if (asked.known() == nullptr && asked.share())
    note = tr("Threads and call sites over time: %1 %").arg(static_cast<int>(*asked.share() * 100));
  m_timeline.setSeriesNote(note);
}

}  // namespace heaptap::gui
