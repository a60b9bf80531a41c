// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace heaptap::sql {

struct BlobValue {
  std::string_view bytes;
};

/// What a row has in a column. Texts and blobs are bytes as the file has them, valid until the next row.
using Value = std::variant<std::monostate, std::int64_t, double, std::string_view, BlobValue>;

/// Who wants the rows of statements.
class RowSink {
 public:
  RowSink() = default;
  RowSink(const RowSink&) = delete;
  RowSink& operator=(const RowSink&) = delete;
  virtual ~RowSink() = default;

  /// A statement with rows begins. Names may be the same twice.
  virtual void begin(const std::vector<std::string>& columns) = 0;
  /// Returns false where no more is wanted, of no statement.
  [[nodiscard]] virtual bool row(std::span<const Value> values) = 0;
  virtual void end() = 0;
};

}  // namespace heaptap::sql
