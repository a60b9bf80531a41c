// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/error.h"
#include "blob/blob_codec.h"
#include "collector/store/database.h"
#include "collector/store/stored_row.h"
#include "counting/span_builder.h"
#include "heaptap/v1/checkpoint.pb.h"

namespace heaptap::store {

/// Where the sums of a span are, as its row tells: nothing of it is checked.
struct SpanPlace {
  std::uint64_t sequence = 0;  ///< Of its last batch.
  std::uint32_t level = 0;
  std::uint64_t firstEvent = 0;
  std::uint64_t firstAllocation = 0;
  std::uint64_t events = 0;
  std::uint64_t fromNs = 0;
  std::uint64_t toNs = 0;
  std::uint64_t entries = 0;
};

Result<SpanBlob> encodeSpan(const counting::Span& span, BlobEncoder& encoder);

/// In the order in which they end. A file from before there were any has none.
Result<std::vector<SpanPlace>> findSpans(Database& database);

/// Reads the sums of spans. Must not outlive its database. Threads: one at a time.
class SpanReader {
 public:
  static Result<SpanReader> prepare(Database& database);
  /// What it returns is sound in itself, and as large as its row tells; stays until the next call.
  /// Errors: Corrupt.
  Result<const counting::SpanSums*> read(const SpanPlace& place, std::size_t pairs, std::size_t threads);

 private:
  SpanReader() = default;

  Statement m_row{nullptr};
  BlobDecoder m_decoder;
  v1::SpanSums m_message;
  counting::SpanSums m_sums;
};

}  // namespace heaptap::store
