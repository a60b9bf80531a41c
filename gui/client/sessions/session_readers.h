// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/client/asking/answers.h"
#include "gui/client/readers/heap_reader.h"
#include "gui/client/sessions/session_opener.h"

namespace heaptap::gui {

/// All that answers what the views of a session want to know, beside what is followed anyway (SessionWatch).
/// Threads: GUI thread; never blocks.
class SessionReaders {
 public:
  /// All must outlive this. `session`: an id or a unique prefix of one. `opener`: null: files cannot be
  /// opened.
  SessionReaders(QueryClient& client, const QString& session, SessionStore& store, Selection& selection,
                 const std::shared_ptr<SessionOpener>& opener = nullptr);
  ~SessionReaders();

 private:
  HeapReader m_heap;
  Answers<TimelineWish, Timeline> m_timeline;
  Answers<SeriesWish, TimelineSeries> m_series;
  Answers<BlockWish, BlockPage> m_blocks;
  Answers<AddressWish, AddressHistory> m_addressHistory;
  Answers<ThreadWish, ThreadMatrix> m_threads;
  Answers<HistogramWish, Histogram> m_sizes;
  Answers<HistogramWish, Histogram> m_lifetimes;
  Answers<ComparisonWish, ComparisonPtr> m_comparison;
  Answers<QString, SessionList> m_beside;
  Answers<MapWish, AddressMap> m_addressMap;
  Answers<BlockWish, BlockPage> m_pageBlocks;
  Answers<SourceWish, SourceFilePtr> m_source;
  Answers<SourceWish, SourceFilePtr> m_excerpt;
  Answers<TimeWords, TimeChoice> m_writtenTime;
};

}  // namespace heaptap::gui
