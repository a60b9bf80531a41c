// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sessions/session_readers.h"

#include "gui/client/readers/address_map_reader.h"
#include "gui/client/readers/address_reader.h"
#include "gui/client/readers/block_reader.h"
#include "gui/client/readers/comparison_reader.h"
#include "gui/client/readers/histogram_reader.h"
#include "gui/client/readers/series_reader.h"
#include "gui/client/readers/source_reader.h"
#include "gui/client/readers/thread_reader.h"
#include "gui/client/readers/time_words_reader.h"
#include "gui/client/readers/timeline_reader.h"

namespace heaptap::gui {
namespace {

/// A question about one session.
template <class Wish, class Answer>
typename Answers<Wish, Answer>::Question about(const QString& session,
                                               Result<Answer> (*read)(client::ProfileSource&,
                                                                      const std::string&, const Wish&,
                                                                      const std::stop_token&)) {
  return [session = session.toStdString(), read](client::ProfileSource& source, const Wish& wish,
                                                 const std::stop_token& stop) {
    return read(source, session, wish, stop);
  };
}

/// Not of a session: of this host.
Result<SourceFilePtr> readFile(client::ProfileSource&, const SourceWish& wish, const std::stop_token& stop) {
  return readSource(wish, stop);
}

}  // namespace

SessionReaders::SessionReaders(QueryClient& client, const QString& session, SessionStore& store,
                               Selection& selection, const std::shared_ptr<SessionOpener>& opener)
    : m_heap(client, session, store, selection),
      m_timeline(client, store.timelinePart(), Meanwhile::Finishes, about(session, readTimelinePart)),
      m_series(client, store.timelineSeries(), Meanwhile::Ends,
               Answers<SeriesWish, TimelineSeries>::LongQuestion(
                   [session = session.toStdString()](client::ProfileSource& source, const SeriesWish& wish,
                                                     const std::stop_token& stop, const auto& hear) {
                     return readSeries(source, session, wish, stop, hear);
                   })),
      m_blocks(client, store.blocks(), Meanwhile::Ends, about(session, readBlocks)),
      m_addressHistory(client, store.addressHistory(), Meanwhile::Ends, about(session, readAddress)),
      m_threads(client, store.threads(), Meanwhile::Ends, about(session, readThreads)),
      m_sizes(client, store.sizes(), Meanwhile::Ends, about(session, readSizes)),
      m_lifetimes(client, store.lifetimes(), Meanwhile::Ends, about(session, readLifetimes)),
      m_comparison(
          client, store.comparison(), Meanwhile::Ends,
          [session = session.toStdString(), opener](client::ProfileSource& source, const ComparisonWish& wish,
                                                    const std::stop_token& stop) {
            return readComparison(source, opener.get(), session, wish, stop);
          }),
      m_beside(client, store.beside(), Meanwhile::Ends,
               [opener](client::ProfileSource&, const QString& file, const std::stop_token&)
                   -> Result<SessionList> { return opener ? opener->beside(file) : SessionList(); }),
      m_addressMap(client, store.addressMap(), Meanwhile::Ends, about(session, readAddressMap)),
      m_pageBlocks(client, store.pageBlocks(), Meanwhile::Ends, about(session, readBlocks)),
      m_source(client, store.source(), Meanwhile::Ends, readFile),
      m_excerpt(client, store.excerpt(), Meanwhile::Ends, readFile),
      m_writtenTime(client, store.writtenTime(), Meanwhile::Ends, about(session, readTimeWords)) {}

SessionReaders::~SessionReaders() = default;

}  // namespace heaptap::gui
