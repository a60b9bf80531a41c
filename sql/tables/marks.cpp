// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "sql/tables/all_tables.h"

namespace heaptap::sql {
namespace {

const model::Mark& markOf(const Row& row) { return row.session.view().history.marks[row.at]; }

std::string_view snapshotWord(model::Mark::Snapshot snapshot) {
  switch (snapshot) {
    case model::Mark::Snapshot::None: return {};
    case model::Mark::Snapshot::Kept: return "kept";
    case model::Mark::Snapshot::NotKept: return "not kept";
  }
  return {};
}

constexpr std::array kMarkFields{
    Field{{"id", "INTEGER", "from 1, in their order"},
          [](const Row& row, Cell cell) { cell.set(row.at + 1); }},
    Field{{"name", "TEXT", "as it was given"},
          [](const Row& row, Cell cell) { cell.set(std::string_view(markOf(row).name)); }},
    Field{{"at_ns", "INTEGER", "when it was set"},
          [](const Row& row, Cell cell) { cell.set(markOf(row).atNs); }},
    Field{{"live_bytes", "INTEGER", "of malloc's heap, then"},
          [](const Row& row, Cell cell) { cell.set(markOf(row).liveBytes); }},
    Field{{"live_blocks", "INTEGER", "likewise"},
          [](const Row& row, Cell cell) { cell.set(markOf(row).liveBlocks); }},
    Field{{"allocations", "INTEGER", "since the start, until then"},
          [](const Row& row, Cell cell) { cell.set(markOf(row).allocations); }},
    Field{{"snapshot", "TEXT", "kept: the whole heap then can be asked for; not kept; NULL: none was wanted"},
          [](const Row& row, Cell cell) { cell.setUnlessEmpty(snapshotWord(markOf(row).snapshot)); }},
};

constexpr RowTableWords kMarks{
    "marks", "Named moments: heaptap mark, heaptap snapshot, heaptap.h", kMarkFields,
    [](const DecodedSession& session) { return session.view().history.marks.size(); }, 1};

}  // namespace

const RowTableWords& marksTable() { return kMarks; }

}  // namespace heaptap::sql
