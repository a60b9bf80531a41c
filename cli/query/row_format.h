// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/error.h"
#include "export/sink.h"
#include "sql/query/value.h"

namespace heaptap::cli {

/// How rows are written. One file and one row of a table each.
struct RowFormat {
  std::string_view name;
  std::string_view about;
  /// `forTerminal`: long texts are cut. The sink lives longer.
  std::unique_ptr<sql::RowSink> (*make)(exporting::Sink& out, bool forTerminal);
};

[[nodiscard]] std::span<const RowFormat> rowFormats();
/// Errors: Usage.
[[nodiscard]] Result<const RowFormat*> rowFormatNamed(std::string_view name);

[[nodiscard]] std::unique_ptr<sql::RowSink> tableRows(exporting::Sink& out, bool forTerminal);
[[nodiscard]] std::unique_ptr<sql::RowSink> csvRows(exporting::Sink& out, bool forTerminal);
[[nodiscard]] std::unique_ptr<sql::RowSink> jsonRows(exporting::Sink& out, bool forTerminal);
[[nodiscard]] std::unique_ptr<sql::RowSink> markdownRows(exporting::Sink& out, bool forTerminal);

}  // namespace heaptap::cli
