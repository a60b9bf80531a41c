// SPDX-License-Identifier: Apache-2.0
#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <type_traits>

#include "collector/ingest/address_column.h"
#include "collector/ingest/event_walk.h"
#include "collector/replay/block_page.h"

namespace heaptap::replay {

Result<model::AddressHistory> livesAt(StoredEvents& events, std::uint64_t fromAddress,
                                      std::uint64_t toAddress, std::uint64_t limit) {
  model::AddressHistory history;
  absl::flat_hash_map<std::uint64_t, std::size_t> open;  // By number of the allocation: its place in `lives`.
  ingest::AddressColumn addresses;
  bool isFirst = true;
  std::uint64_t expected = 0;
  const auto take = [&](const StoredEvents::Batch& batch) -> Result<bool> {
    const v1::EventBatch& message = batch.message;
    // Ends that lie in a hole are not known: what comes after it begins anew.
    if (batch.firstEvent != expected) {
      history.knownFromNs = std::max<std::uint64_t>(message.base_time_ns(), 1);
      if (!isFirst) {
        history = {.blocks = 0, .knownFromNs = history.knownFromNs, .lives = {}};
        open.clear();
      }
    }
    isFirst = false;
    expected = batch.firstEvent + message.events();
    if (auto read = addresses.read(message, batch.columns, batch.chunks); !read)
      return tl::unexpected(read.error());
    auto nextAddress = addresses.addresses().begin();
    std::uint64_t number = message.first_allocation();
    const auto visit = [&](const auto& event) {
      if (index(event.pair) >= events.definitions().pairs.size()) return false;
      if constexpr (std::is_same_v<decltype(event), const model::Free&>) {
        const auto found = open.find(event.number);
        if (found == open.end()) return true;
        history.lives[found->second].end = {.atNs = event.atNs, .thread = event.thread, .stack = event.stack};
        open.erase(found);
      } else {
        const std::uint64_t address = *nextAddress++;
        const std::uint64_t own = number++;
        const std::uint64_t size = std::max<std::uint64_t>(events.definitions().pair(event.pair).size, 1);
        if (address >= toAddress || (address < fromAddress && size <= fromAddress - address)) return true;
        ++history.blocks;
        if (history.lives.size() == limit) return true;
        open.emplace(own, history.lives.size());
        history.lives.push_back({.block = {.number = own,
                                           .address = address,
                                           .atNs = event.atNs,
                                           .pair = event.pair,
                                           .thread = event.thread}});
      }
      return true;
    };
    ingest::walkEvents(message, batch.columns, events.timeUnitNs(), visit, [](model::PairId) {});
    return true;
  };
  return events.read({}, take).map([&] { return std::move(history); });
}

}  // namespace heaptap::replay
