// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "client/stack_lines.h"
#include "sql/tables/all_tables.h"
#include "sql/tables/names.h"

namespace heaptap::sql {
namespace {

model::FrameId frameOf(const Row& row) { return static_cast<model::FrameId>(row.at + 1); }

client::StackLine innermostLine(const Row& row) {
  return client::lineOf(row.session.profile(), frameOf(row), 0);
}

constexpr std::array kFrameFields{
    Field{{"id", "INTEGER", "from 1"}, [](const Row& row, Cell cell) { cell.set(row.at + 1); }},
    Field{{"function", "TEXT", "with inlining, the innermost; without a name, module+0xoffset"},
          [](const Row& row, Cell cell) { cell.set(std::string_view(functionOf(innermostLine(row)))); }},
    Field{{"file", "TEXT", "of the source; NULL: unknown"},
          [](const Row& row, Cell cell) { cell.setUnlessEmpty(innermostLine(row).file); }},
    Field{{"line", "INTEGER", "in that file; NULL: unknown"},
          [](const Row& row, Cell cell) { cell.setUnlessZero(innermostLine(row).line); }},
    Field{
        {"lines", "INTEGER", "source lines at this place: more than 1 with inlining; all are in symbol"},
        [](const Row& row, Cell cell) { cell.set(client::frameLines(row.session.profile(), frameOf(row))); }},
    Field{{"module", "INTEGER", "id of the module; NULL: none"},
          [](const Row& row, Cell cell) {
            cell.setUnlessZero(row.session.definitions().frame(frameOf(row)).module);
          }},
    Field{{"pc", "INTEGER", "address in the module's file; without a module, in the process"},
          [](const Row& row, Cell cell) { cell.set(row.session.definitions().frame(frameOf(row)).pc); }},
};

constexpr RowTableWords kFrames{
    "frames", "Places in the code", kFrameFields,
    [](const DecodedSession& session) { return session.definitions().frames.size() - 1; }, 1};

}  // namespace

const RowTableWords& framesTable() { return kFrames; }

}  // namespace heaptap::sql
