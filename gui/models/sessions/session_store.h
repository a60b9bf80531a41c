// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <optional>

#include "gui/models/address_map/address_map.h"
#include "gui/models/blocks/address_history.h"
#include "gui/models/blocks/block.h"
#include "gui/models/comparison/comparison.h"
#include "gui/models/findings/finding.h"
#include "gui/models/histograms/histogram.h"
#include "gui/models/leaks/leak.h"
#include "gui/models/sessions/asked.h"
#include "gui/models/sessions/coming.h"
#include "gui/models/sessions/heap_wish.h"
#include "gui/models/sessions/summary.h"
#include "gui/models/sessions/time_words.h"
#include "gui/models/sites/site_model.h"
#include "gui/models/source/source_file.h"
#include "gui/models/sql/sql_result.h"
#include "gui/models/threads/thread_matrix.h"
#include "gui/models/timeline/timeline.h"
#include "gui/models/timeline/timeline_series.h"
#include "gui/models/timeline/timeline_wish.h"

namespace heaptap::gui {

/// What is known of the session that is shown. Who follows the session tells it; views read it, and are told
/// what has changed.
///
///     SessionWatch ──► now:   summary, timeline, sites, leaks, findings, status
///     HeapReader   ──► then:  the heap at the time, and with the count, that the user has chosen
///                             └──► siteModel(): the sites of now or then, for all tables
///     Answers      ──► what single views want to know: a part of the timeline, blocks, threads, comparisons
///
/// Threads: GUI thread.
class SessionStore : public QObject {
  Q_OBJECT

 public:
  using QObject::QObject;

  /// Whether sessions come from a collector, so that the paths in them are those of others.
  void setFromCollector(bool isFromCollector) { m_isFromCollector = isFromCollector; }
  [[nodiscard]] bool isFromCollector() const { return m_isFromCollector; }
  /// All sessions of the source, the one that is shown among them.
  void setSessions(const SessionList& sessions);
  /// Another session, of which only so much is known yet. Without one: none is shown.
  void begin(const Session& session = {});
  /// Of another session than the one that is shown, it begins that one.
  void setSummary(const Summary& summary);
  void setTimeline(const Timeline& timeline);
  void setSites(const Sites& sites);
  void setLeaks(const Leaks& leaks);
  void setFindings(const Findings& findings);
  void setStatus(const LiveStatus& status);
  /// All that there will ever be has come.
  void setFinished();
  /// What has not come by now will not come, or may come again.
  void setComing(Coming coming);
  /// What the session's source has not said for some seconds it may say now: it answers again.
  void setAnswersAgain() { emit answersAgain(); }

  /// Other numbers are asked for; until they come, there are none.
  void expectHeap(const HeapWish& wish);
  /// What was asked for. `words`: when it is, for a title. `earlier`: the sites at the beginning of a time
  /// that isSince(), of the same series. Ignored if something else is wanted by now.
  void setHeap(const HeapWish& wish, const Sites& sites, const QString& words,
               const Sites& earlier = nullptr);
  void setHeapProblem(const HeapWish& wish, const QString& problem);

  [[nodiscard]] const SessionList& sessions() const { return m_sessions; }
  /// Without an id: no session is shown.
  [[nodiscard]] const Session& session() const { return m_session; }
  [[nodiscard]] const std::optional<Summary>& summary() const { return m_summary; }
  [[nodiscard]] const Timeline& timeline() const { return m_timeline; }
  [[nodiscard]] const Sites& sites() const { return m_sites; }
  /// Null: what is live is not leaked, or nothing is known yet.
  [[nodiscard]] const Leaks& leaks() const { return m_leaks; }
  [[nodiscard]] const std::optional<Findings>& findings() const { return m_findings; }
  [[nodiscard]] const std::optional<LiveStatus>& status() const { return m_status; }
  [[nodiscard]] Coming coming() const { return m_coming; }
  [[nodiscard]] bool isFinished() const { return m_isFinished; }
  [[nodiscard]] Remains remains() const { return m_summary ? m_summary->remains() : Remains::Live; }
  [[nodiscard]] bool isSampled() const { return m_summary && m_summary->sampling; }

  /// What siteModel() is of, or will be.
  [[nodiscard]] const HeapWish& heapWish() const { return m_heapWish; }
  [[nodiscard]] const TimeChoice& heapTime() const { return m_heapWish.time; }
  /// It is there, or it is known why not; else it is on its way.
  [[nodiscard]] bool isHeapThere() const { return m_isHeapThere; }
  /// What is said of sites that are not there.
  [[nodiscard]] Coming heapComing() const { return m_heapWish.isPlain() ? m_coming : Coming::Expected; }
  /// When that is, for a title; empty: now, or it has not come yet.
  [[nodiscard]] const QString& heapWords() const { return m_heapWords; }
  /// Why it cannot be shown; or empty.
  [[nodiscard]] const QString& heapProblem() const { return m_heapProblem; }
  [[nodiscard]] SiteModel& siteModel() { return m_siteModel; }

  /// What single views want to know.
  [[nodiscard]] Asked<TimelineWish, Timeline>& timelinePart() { return m_timelinePart; }
  [[nodiscard]] const Asked<TimelineWish, Timeline>& timelinePart() const { return m_timelinePart; }
  [[nodiscard]] Asked<SeriesWish, TimelineSeries>& timelineSeries() { return m_timelineSeries; }
  [[nodiscard]] const Asked<SeriesWish, TimelineSeries>& timelineSeries() const { return m_timelineSeries; }
  [[nodiscard]] Asked<BlockWish, BlockPage>& blocks() { return m_blocks; }
  /// What the address of a block has had over time.
  [[nodiscard]] Asked<AddressWish, AddressHistory>& addressHistory() { return m_addressHistory; }
  [[nodiscard]] Asked<ThreadWish, ThreadMatrix>& threads() { return m_threads; }
  [[nodiscard]] Asked<HistogramWish, Histogram>& sizes() { return m_sizes; }
  [[nodiscard]] Asked<HistogramWish, Histogram>& lifetimes() { return m_lifetimes; }
  [[nodiscard]] Asked<ComparisonWish, ComparisonPtr>& comparison() { return m_comparison; }
  [[nodiscard]] Asked<SourceWish, SourceFilePtr>& source() { return m_source; }
  [[nodiscard]] const Asked<SourceWish, SourceFilePtr>& source() const { return m_source; }
  /// The file of which some lines are shown beside a site.
  [[nodiscard]] Asked<SourceWish, SourceFilePtr>& excerpt() { return m_excerpt; }
  /// The time that the user has written; the time bar chooses it.
  [[nodiscard]] Asked<TimeWords, TimeChoice>& writtenTime() { return m_writtenTime; }
  [[nodiscard]] const Asked<TimeWords, TimeChoice>& writtenTime() const { return m_writtenTime; }
  /// The sessions in the folder of a session's file; the wish is that file.
  [[nodiscard]] Asked<QString, SessionList>& beside() { return m_beside; }
  [[nodiscard]] Asked<MapWish, AddressMap>& addressMap() { return m_addressMap; }
  /// Of a page of the map.
  [[nodiscard]] Asked<BlockWish, BlockPage>& pageBlocks() { return m_pageBlocks; }
  [[nodiscard]] Asked<SqlWish, SqlResult>& sql() { return m_sql; }

 signals:
  void sessionsChanged();
  void begun();
  void summaryChanged();
  void timelineChanged();
  void sitesChanged();
  void leaksChanged();
  void findingsChanged();
  void statusChanged();
  void comingChanged();
  /// After some seconds without a word from the session's source. How long questions took says nothing of it.
  void answersAgain();
  /// The numbers of siteModel() are others, or of something else.
  void heapChanged();

 private:
  bool m_isFromCollector = false;
  SessionList m_sessions;
  Session m_session;
  std::optional<Summary> m_summary;
  Timeline m_timeline;
  Sites m_sites;
  Leaks m_leaks;
  std::optional<Findings> m_findings;
  std::optional<LiveStatus> m_status;
  Coming m_coming = Coming::Expected;
  bool m_isFinished = false;
  HeapWish m_heapWish;
  bool m_isHeapThere = true;
  QString m_heapWords;
  QString m_heapProblem;
  SiteModel m_siteModel;
  Asked<TimelineWish, Timeline> m_timelinePart;
  Asked<SeriesWish, TimelineSeries> m_timelineSeries;
  Asked<BlockWish, BlockPage> m_blocks;
  Asked<AddressWish, AddressHistory> m_addressHistory;
  Asked<ThreadWish, ThreadMatrix> m_threads;
  Asked<HistogramWish, Histogram> m_sizes;
  Asked<HistogramWish, Histogram> m_lifetimes;
  Asked<ComparisonWish, ComparisonPtr> m_comparison;
  Asked<QString, SessionList> m_beside;
  Asked<MapWish, AddressMap> m_addressMap;
  Asked<BlockWish, BlockPage> m_pageBlocks;
  Asked<SqlWish, SqlResult> m_sql;
  Asked<TimeWords, TimeChoice> m_writtenTime;
  Asked<SourceWish, SourceFilePtr> m_source;
  Asked<SourceWish, SourceFilePtr> m_excerpt;
};

}  // namespace heaptap::gui
