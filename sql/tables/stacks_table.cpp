// SPDX-License-Identifier: Apache-2.0
#include "sql/tables/stacks_table.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "sql/range.h"
#include "sql/tables/names.h"

namespace heaptap::sql {
namespace {

enum StackColumn {
  kStackPosition,
  kStackFunction,
  kStackFile,
  kStackLine,
  kStackModule,
  kStackInlined,
  kStackId
};

constexpr std::array kStackColumns{
    ColumnWords{"position", "INTEGER", "from 0, innermost first"},
    ColumnWords{"function", "TEXT",
                "an inlined one comes before its caller; without a name, module+0xoffset"},
    ColumnWords{"file", "TEXT", "of its source; NULL: unknown"},
    ColumnWords{"line", "INTEGER", "in that file; NULL: unknown"},
    ColumnWords{"module", "TEXT", "path of its binary; NULL: none"},
    ColumnWords{"inlined", "INTEGER", "1: into the next one"},
    ColumnWords{"id", "INTEGER", "of the stack: stacks(7), or WHERE id = 7", true},
};

constexpr TableWords kStacksWords{"stacks", "The lines of a stack, without the allocator's own",
                                  kStackColumns};

enum StackPlan { kAllStacks, kOneStack };

/// A number that no id ever is.
bool isNoId(sqlite3_value* value) {
  const int type = sqlite3_value_numeric_type(value);
  if (type == SQLITE_INTEGER) return sqlite3_value_int64(value) < 0;
  if (type != SQLITE_FLOAT) return false;
  const double number = sqlite3_value_double(value);
  static constexpr double kMostIds = 4294967296.0;
  return number < 0 || number != std::floor(number) || number >= kMostIds;
}

}  // namespace

const TableWords& StacksTable::words() const { return kStacksWords; }

int StacksTable::plan(sqlite3_index_info& info) const {
  for (int i = 0; i < info.nConstraint; ++i) {
    const auto& constraint = info.aConstraint[i];
    if (constraint.iColumn != kStackId || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ ||
        constraint.usable == 0)
      continue;
    info.aConstraintUsage[i].argvIndex = 1;
    info.aConstraintUsage[i].omit = 1;
    info.idxNum = kOneStack;
    info.estimatedCost = 30;
    info.estimatedRows = 30;
    break;
  }
  if (info.idxNum != kOneStack) {
    info.estimatedCost = 1e10;
    info.estimatedRows = 10'000'000;
  }
  return SQLITE_OK;
}

Result<void> StacksTable::Cursor::filter(int plan, const char*, std::span<sqlite3_value* const> values) {
  auto session = m_context->session();
  if (!session) return tl::unexpected(session.error());
  m_session = std::move(*session);
  m_stack = 1;  // 0 is the empty one.
  m_end = m_session->definitions().stacks.size();
  if (plan == kOneStack) {
    if (auto checked = checkNumber("the id of a stack", values[0]); !checked) return checked;
    if (isNoId(values[0]))
      return failure(Code::Usage, "", "there can be no stack of this id", "ids are whole numbers from 0");
    Range ids;
    ids.narrow(SQLITE_INDEX_CONSTRAINT_EQ, values[0]);
    const bool isKnown = !ids.isEmpty() && ids.from() > 0 && static_cast<std::uint64_t>(ids.from()) < m_end;
    m_stack = isKnown ? static_cast<std::uint64_t>(ids.from()) : m_end;
    m_end = std::min(m_end, m_stack + 1);
  }
  findLines();
  return {};
}

Result<void> StacksTable::Cursor::next() {
  if (++m_line < m_lines.size()) return {};
  ++m_stack;
  findLines();
  return {};
}

void StacksTable::Cursor::findLines() {
  m_line = 0;
  for (; m_stack < m_end; ++m_stack) {
    m_lines = client::stackLines(m_session->profile(), static_cast<model::StackId>(m_stack));
    if (!m_lines.empty()) return;
  }
}

void StacksTable::Cursor::column(Cell cell, int column) const {
  const client::StackLine& line = m_lines[m_line];
  switch (column) {
    case kStackPosition: return cell.set(m_line);
    case kStackFunction: return cell.set(std::string_view(functionOf(line)));
    case kStackFile: return cell.setUnlessEmpty(line.file);
    case kStackLine: return cell.setUnlessZero(line.line);
    case kStackModule: return cell.setUnlessEmpty(line.module);
    case kStackInlined: return cell.set(line.isInlined ? 1 : 0);
    case kStackId: return cell.set(m_stack);
    default: return;
  }
}

}  // namespace heaptap::sql
