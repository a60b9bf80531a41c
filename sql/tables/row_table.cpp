// SPDX-License-Identifier: Apache-2.0
#include "sql/tables/row_table.h"

#include "sql/range.h"

namespace heaptap::sql {
namespace {

enum RowPlan { kAllRows, kRowById };

}  // namespace

RowTable::RowTable(const RowTableWords& table) : m_table(table) {
  auto columns = std::make_shared<std::vector<ColumnWords>>();
  for (const Field& field : table.fields) columns->push_back(field.words);
  m_columns = std::move(columns);
}

int RowTable::plan(sqlite3_index_info& info) const {
  for (int i = 0; m_table.hasId && i < info.nConstraint; ++i) {
    const auto& constraint = info.aConstraint[i];
    if (constraint.usable == 0 || constraint.iColumn != 0 || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ)
      continue;
    info.aConstraintUsage[i].argvIndex = 1;
    info.aConstraintUsage[i].omit = 1;
    info.idxNum = kRowById;
    info.idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
    info.estimatedCost = 1;
    info.estimatedRows = 1;
    return SQLITE_OK;
  }
  info.idxNum = kAllRows;
  info.estimatedCost = 10'000;
  info.estimatedRows = 10'000;
  return SQLITE_OK;
}

Result<void> RowTable::Cursor::filter(int plan, const char*, std::span<sqlite3_value* const> values) {
  auto session = m_context->session();
  if (!session) return tl::unexpected(session.error());
  m_session = std::move(*session);
  m_at = 0;
  m_end = m_table->rows(*m_session);
  if (plan != kRowById) return {};
  Range ids;
  ids.narrow(SQLITE_INDEX_CONSTRAINT_EQ, values[0]);
  const auto rows = static_cast<std::int64_t>(m_end);
  if (ids.isEmpty() || ids.from() < m_table->firstId || ids.from() - m_table->firstId >= rows) {
    m_end = 0;
    return {};
  }
  m_at = static_cast<std::size_t>(ids.from() - m_table->firstId);
  m_end = m_at + 1;
  return {};
}

}  // namespace heaptap::sql
