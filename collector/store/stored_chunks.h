// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "collector/ingest/chunk_source.h"
#include "collector/store/database.h"

namespace heaptap::store {

/// What the addresses of a file's events are read by. The pairs are read when that is first asked for.
/// Threads: as the database, which must outlive it. Owns: 4 bytes for each pair.
class StoredChunks final : public ingest::ChunkSource {
 public:
  explicit StoredChunks(Database& database) : m_database(database) {}
  Result<std::span<const std::uint32_t>> chunks() override;

 private:
  Database& m_database;
  bool m_isRead = false;
  std::vector<std::uint32_t> m_chunks;
};

}  // namespace heaptap::store
