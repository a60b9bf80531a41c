// SPDX-License-Identifier: Apache-2.0
#include "collector/store/event_eviction.h"

namespace heaptap::store {

Result<Evicted> evictOldestEvents(Database& database, std::uint64_t bytes, std::uint64_t upTo) {
  Evicted evicted;
  if (bytes == 0) return evicted;
  auto blobs = database.prepare(
      "SELECT sequence, events, length(data) AS bytes FROM event_blob WHERE sequence <= :up_to "
      "ORDER BY sequence");
  if (!blobs) return tl::unexpected(blobs.error());
  blobs->start(Named{"up_to", upTo});
  std::uint64_t last = 0;
  while (evicted.bytes < bytes) {
    const auto row = blobs->next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    last = blobs->as<std::uint64_t>("sequence");
    evicted.events += blobs->as<std::uint64_t>("events");
    evicted.bytes += blobs->as<std::uint64_t>("bytes");
  }
  auto removal = database.prepare("DELETE FROM event_blob WHERE sequence <= :last");
  if (!removal) return tl::unexpected(removal.error());
  return removal->run(Named{"last", last}).map([&] { return evicted; });
}

Result<std::uint64_t> usedBytes(Database& database) {
  const auto pages = database.number(
      "SELECT (SELECT page_count FROM pragma_page_count) - "
      "(SELECT freelist_count FROM pragma_freelist_count)");
  if (!pages) return tl::unexpected(pages.error());
  return database.number("PRAGMA page_size").map([&](std::int64_t size) {
    return static_cast<std::uint64_t>(*pages * size);
  });
}

}  // namespace heaptap::store
