// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "client/site_table.h"
#include "client/stack_lines.h"
#include "export/report/json_writer.h"

/// The tables of a JSON report (docs/report-json.md): objects of columns that are equally long. A row is
/// known by its position, and other tables refer to it by that.
namespace heaptap::exporting {

/// The tables `stacks`, `frames` and `modules`: of a profile, what was referred to.
///
///     stacks   frame ──► frames, for one line of code
///              caller ─► stacks, for the rest of the stack; null: it ends there
///
/// Memory: 4 bytes for each stack node of the profile, 8 for each row.
class StackTables {
 public:
  explicit StackTables(const client::Profile& profile);

  /// The row of a stack, without the allocator's own leading lines. None: it has no lines, or is not defined.
  std::optional<std::uint32_t> rowOf(model::StackId stack);
  /// Writes rowOf(), or null.
  void write(JsonWriter& json, model::StackId stack) {
    const auto row = rowOf(stack);
    row ? json.number(*row) : json.null();
  }

  /// Writes the tables with all rows that were told.
  void writeTables(JsonWriter& json) const;

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint32_t kUnknown = kNone - 1;
  struct Row {
    std::uint32_t frame;
    std::uint32_t caller;  ///< kNone: the stack ends.
  };

  std::uint32_t place(model::StackId node);
  std::uint32_t frameRow(model::FrameId frame);

  const client::Profile& m_profile;
  std::vector<std::uint32_t> m_rowOfNode;   ///< By stack node: the row of its innermost line, or kUnknown.
  std::vector<std::uint32_t> m_rowOfFrame;  ///< By frame: that of its innermost line, or kUnknown.
  std::vector<Row> m_rows;
  std::vector<std::pair<model::FrameId, std::uint32_t>> m_lines;  ///< Rows of `frames`.
};

/// A table of sites, in the order given.
void writeSites(JsonWriter& json, const client::SiteTable& table, const std::vector<std::uint32_t>& sites,
                StackTables& stacks);

}  // namespace heaptap::exporting
