// SPDX-License-Identifier: Apache-2.0
#include "collector/store/stored_chunks.h"

#include "blob/blob_codec.h"
#include "collector/ingest/limits.h"
#include "collector/store/statement.h"
#include "collector/store/stored_rows.h"
#include "columns/chunk_bytes.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::store {

Result<std::span<const std::uint32_t>> StoredChunks::chunks() {
  if (m_isRead) return std::span<const std::uint32_t>(m_chunks);
  m_chunks.clear();
  BlobDecoder decoder;
  v1::Pairs pairs;
  const auto add = [&](const Statement& row) {
    return decoder.decode(row.text("data"), pairs).and_then([&]() -> Result<void> {
      const bool hasSlack = pairs.slack_plus_1_size() != 0;
      if ((hasSlack && pairs.slack_plus_1_size() != pairs.size_size()) ||
          !ingest::fits(m_chunks.size(), pairs.size_size(), ingest::kMaxPairs))
        return failure(Code::Corrupt, "pairs", "columns that do not fit together");
      for (int i = 0; i < pairs.size_size(); ++i)
        m_chunks.push_back(columns::chunkBytes(pairs.size(i), hasSlack ? pairs.slack_plus_1(i) : 0));
      return {};
    });
  };
  return forEachRow(m_database, storedRows("data", "main.pair_blob"), add).map([&] {
    m_isRead = true;
    return std::span<const std::uint32_t>(m_chunks);
  });
}

}  // namespace heaptap::store
