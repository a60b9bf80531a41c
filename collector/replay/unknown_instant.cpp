// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/unknown_instant.h"

#include <optional>
#include <string>

namespace heaptap::replay {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;

/// To the millisecond, rounded down.
std::string secondsText(std::uint64_t ns) {
  const std::string digits = std::to_string(1000 + ns / kMillisecond % 1000);
  return std::to_string(ns / (1000 * kMillisecond)) + "." + digits.substr(1) + " s";
}

std::optional<store::AskableInstants> askable(StoredEvents& events, store::Asked asked) {
  const auto found = events.reader().askableInstants(asked);
  return found ? *found : std::nullopt;
}

/// "1.130 s or later", rounded up to what can be asked for as it is written.
std::string wordsFor(const store::AskableInstants& instants) {
  const std::string from = secondsText(instants.fromNs + kMillisecond - 1);
  return instants.untilNs ? from + " to " + secondsText(*instants.untilNs) : from + " or later";
}

Error noBlocksKnown(std::string where) {
  return {Code::NotFound, std::move(where),
          "which blocks are live is not known of any instant: the events of the beginning are not stored any "
          "more, and no keyframe is left",
          "numbers are known: heaptap report; a recording with a larger --max-file keeps blocks"};
}

}  // namespace

Error instantNotStored(StoredEvents& events, std::uint64_t atNs, store::Asked asked) {
  const bool isOfBlocks = asked == store::Asked::Blocks;
  const auto instants = askable(events, asked);
  if (isOfBlocks && !instants) return noBlocksKnown(secondsText(atNs));
  std::string remedy = "ask for ";
  if (instants) remedy += wordsFor(*instants);
  // The end is one of those, unless events are missing behind them.
  if (!isOfBlocks) remedy += std::string(instants ? ", for " : "") + "the end, or for a snapshot";
  return {Code::NotFound, secondsText(atNs), "the events around this instant are not stored",
          std::move(remedy)};
}

Error blocksNotStored(StoredEvents& events) {
  const auto instants = askable(events, store::Asked::Blocks);
  if (!instants) return noBlocksKnown("events");
  return {Code::NotFound, "events",
          "those of the beginning are not stored any more, so that not all blocks of this instant are known",
          "ask for " + wordsFor(*instants)};
}

Error beginningNotStored(StoredEvents& events) {
  const auto instants = askable(events, store::Asked::Counts);
  return {
      Code::NotFound, "events", "some of those that the answer is counted from are not stored",
      "ask for an interval that begins " + (instants ? "at " + wordsFor(*instants) : std::string("later"))};
}

Error intervalNotStored(StoredEvents& events) {
  Error error{Code::NotFound, "interval", "its events are not stored",
              "numbers are known: heaptap report; a recording with a larger --max-file keeps more events"};
  const auto batches = events.reader().batches();
  if (!batches || batches->empty()) return error;
  // What lies behind the last hole is what most is known of.
  auto first = batches->end() - 1;
  while (first != batches->begin() && (first - 1)->firstEvent + (first - 1)->events == first->firstEvent)
    --first;
  const auto next = events.reader().eventsBeforeNext(batches->back().sequence);
  const bool isToTheEnd = next && (!*next || **next <= batches->back().firstEvent + batches->back().events);
  store::AskableInstants stored{.fromNs = first->fromNs, .untilNs = {}};
  if (!isToTheEnd) stored.untilNs = batches->back().toNs;
  error.remedy = "those of " + wordsFor(stored) + " are";
  return error;
}

}  // namespace heaptap::replay
