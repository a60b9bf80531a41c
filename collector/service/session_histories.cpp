// SPDX-License-Identifier: Apache-2.0
#include "collector/service/session_histories.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "collector/ingest/history_replay.h"
#include "collector/store/session_reader.h"

namespace heaptap::service {
namespace {

Result<void> check(const query::SessionView& view, const model::HistoryQuery& query) {
  const std::string& file = view.custody.file;
  if (file.empty()) return failure(Code::NotFound, view.identity.id.hex(), "the session has no file");
  if (query.groups.size() > model::HistoryQuery::kMostGroups)
    return failure(
        Code::Usage, file,
        "histories of more than " + std::to_string(model::HistoryQuery::kMostGroups) + " groups at a time");
  for (const auto& group : query.groups)
    for (const model::PairId pair : group)
      if (index(pair) >= view.definitions.pairs.size()) return failure(Code::Usage, file, "an unknown pair");
  return {};
}

/// What was live where the record begins that the history is made from: the first keyframe behind the last
/// hole, and the number of events before it.
struct Beginning {
  std::uint64_t events = 0;
  std::vector<model::LiveBlock> blocks;
};
Result<std::optional<Beginning>> beginningOf(store::SessionReader& reader, std::size_t pairs) {
  using Answer = std::optional<Beginning>;
  return reader.batches().and_then([&](const std::vector<store::BatchPlace>& batches) -> Result<Answer> {
    std::uint64_t first = 0;
    std::uint64_t next = 0;
    for (const store::BatchPlace& batch : batches) {
      if (batch.firstEvent != next) first = batch.firstEvent;
      next = batch.firstEvent + batch.events;
    }
    if (first == 0) return Answer();
    return reader.keyframes().and_then(
        [&](const std::vector<store::KeyframePlace>& places) -> Result<Answer> {
          for (const store::KeyframePlace& place : places)
            if (place.firstEvent >= first)
              return reader.blocksOf(place, pairs).map([&](std::vector<model::LiveBlock> blocks) {
                return Answer({.events = place.firstEvent, .blocks = std::move(blocks)});
              });
          return Answer();
        });
  });
}

}  // namespace

Result<std::vector<model::SiteHistory>> historiesOf(const query::SessionView& view,
                                                    const model::HistoryQuery& query,
                                                    const std::function<bool()>& isStopped) {
  if (auto checked = check(view, query); !checked) return tl::unexpected(checked.error());
  auto reader = store::SessionReader::open(view.custody.file);
  if (!reader) return tl::unexpected(reader.error());
  const std::uint64_t end =
      std::max(view.counts.totals.lastEventNs, view.ending ? view.ending->endedNs : std::uint64_t{0});
  // All that is read is of one moment.
  if (auto frozen = reader->freeze(); !frozen) return tl::unexpected(frozen.error());
  auto beginning = beginningOf(*reader, view.definitions.pairs.size());
  if (!beginning) return tl::unexpected(beginning.error());
  ingest::HistoryReplay replay(query, view.definitions, view.identity.timeUnitNs, end);
  std::optional<std::uint64_t> next;  // Event.
  const auto take = [&](const store::StoredBatch& stored, const v1::EventBatch& batch) -> Result<bool> {
    if (isStopped()) return failure(Code::Unavailable, view.custody.file, "the question was withdrawn");
    // The disk was full for a while.
    if (next && stored.firstEvent > *next) replay.beginAnew();
    if (*beginning && (*beginning)->events == stored.firstEvent) replay.learn((*beginning)->blocks);
    next = stored.firstEvent + batch.events();
    return replay.apply(batch, *stored.chunks).map([] { return true; });
  };
  const auto read = reader->events({}, take);
  if (!read) return tl::unexpected(read.error());
  if (*beginning && (*beginning)->events == next) replay.learn((*beginning)->blocks);
  return replay.finish(view.counts);
}

}  // namespace heaptap::service
