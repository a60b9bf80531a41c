// SPDX-License-Identifier: Apache-2.0
#include "sql/tree/tree_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "sql/functions.h"
#include "sql/registration.h"
#include "sql/virtual_table.h"

namespace heaptap::sql {
namespace {

constexpr std::string_view kInstant = "instant";

struct OperatorWord {
  int op;
  std::string_view word;
};
constexpr std::array kPassedOn{
    OperatorWord{SQLITE_INDEX_CONSTRAINT_EQ, "="},  OperatorWord{SQLITE_INDEX_CONSTRAINT_LT, "<"},
    OperatorWord{SQLITE_INDEX_CONSTRAINT_LE, "<="}, OperatorWord{SQLITE_INDEX_CONSTRAINT_GT, ">"},
    OperatorWord{SQLITE_INDEX_CONSTRAINT_GE, ">="},
};

std::string_view wordOf(int op) {
  for (const OperatorWord& known : kPassedOn)
    if (known.op == op) return known.word;
  return {};
}

/// "USED:COLUMN,OPERATOR;COLUMN,OPERATOR;", numbers in decimal, in the order of the values.
template <class Number>
Number numberOf(std::string_view& text, char end) {
  Number number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  if (!text.empty() && text.front() == end) text.remove_prefix(1);
  return error == std::errc() ? number : Number{0};
}

}  // namespace

TreeTable::TreeTable(const TableWords& own, std::shared_ptr<TreeSessions> sessions)
    : m_sessions(std::move(sessions)) {
  auto shape = std::make_shared<Shape>();
  shape->own = own;
  shape->columns.push_back({"session", "INTEGER", "of the tree, in its order from 1"});
  const bool hasPid = std::any_of(own.columns.begin(), own.columns.end(),
                                  [](const ColumnWords& each) { return each.name == "pid"; });
  if (!hasPid) shape->columns.push_back({"pid", "INTEGER", "of the process"});
  shape->added = static_cast<int>(shape->columns.size());
  shape->columns.insert(shape->columns.end(), own.columns.begin(), own.columns.end());
  shape->words = {own.name, own.meaning, shape->columns};
  m_shape = std::move(shape);
}

int TreeTable::plan(sqlite3_index_info& info) const {
  double cost = 1e9;
  std::string conditions;
  int values = 0;
  for (int i = 0; i < info.nConstraint; ++i) {
    const auto& constraint = info.aConstraint[i];
    if (constraint.iColumn < 0) continue;
    const ColumnWords& column = m_shape->columns[static_cast<std::size_t>(constraint.iColumn)];
    // The argument of a table comes from another one, which is to be read first.
    if (column.isHidden && constraint.op == SQLITE_INDEX_CONSTRAINT_EQ && constraint.usable == 0)
      return SQLITE_CONSTRAINT;
    const bool isBinary = std::string_view(sqlite3_vtab_collation(&info, i)) == "BINARY";
    if (constraint.usable == 0 || wordOf(constraint.op).empty() || !isBinary) continue;
    info.aConstraintUsage[i].argvIndex = ++values;
    info.aConstraintUsage[i].omit = column.isHidden ? 1 : 0;  // A hidden one has no value to compare.
    conditions += std::to_string(constraint.iColumn) + "," + std::to_string(constraint.op) + ";";
    cost *= constraint.op == SQLITE_INDEX_CONSTRAINT_EQ ? 0.01 : 0.3;
  }
  info.idxStr = sqliteText(std::to_string(info.colUsed) + ":" + conditions);
  if (info.idxStr == nullptr) return SQLITE_NOMEM;
  info.needToFreeIdxStr = 1;
  info.estimatedCost = std::max(cost, 1.0);
  info.estimatedRows = static_cast<sqlite3_int64>(std::max(cost / 10, 1.0));
  return SQLITE_OK;
}

Result<void> TreeTable::Cursor::filter(int, const char* planText, std::span<sqlite3_value* const> values) {
  std::string_view text(planText);
  m_used = numberOf<std::uint64_t>(text, ':');
  m_conditions.clear();
  m_instant.reset();
  m_row = 0;
  m_at = 0;
  m_end = m_sessions->size();
  for (sqlite3_value* const value : values) {
    const int column = numberOf<int>(text, ',');
    const int op = numberOf<int>(text, ';');
    const ColumnWords& words = m_shape->columns[static_cast<std::size_t>(column)];
    if (column == 0 && op == SQLITE_INDEX_CONSTRAINT_EQ && sqlite3_value_type(value) == SQLITE_INTEGER) {
      // SQLite compares all rows again: to pass over sessions is enough.
      const sqlite3_int64 session = sqlite3_value_int64(value);
      const bool isOne = session >= 1 && static_cast<std::uint64_t>(session) <= m_sessions->size();
      m_at = isOne ? static_cast<std::size_t>(session - 1) : m_sessions->size();
      m_end = isOne ? m_at + 1 : m_at;
    } else if (words.isHidden && words.name == kInstant) {
      auto instant = m_sessions->instantOf(value);
      if (!instant) return tl::unexpected(std::move(instant.error()));
      m_instant = std::move(*instant);
    } else if (column >= m_shape->added) {
      auto& condition = m_conditions.emplace_back();
      condition.column = column;
      condition.op = op;
      condition.value.reset(sqlite3_value_dup(value));
      if (!condition.value) return failure(Code::StorageFull, "", "out of memory");
    }
  }
  return beginSession();
}

Result<void> TreeTable::Cursor::next() {
  ++m_row;
  const auto row = step();
  if (!row) return tl::unexpected(row.error());
  if (*row) return {};
  ++m_at;
  return beginSession();
}

Result<void> TreeTable::Cursor::beginSession() {
  for (; m_at < m_end; ++m_at) {
    const auto prepared = prepare();
    if (!prepared) return tl::unexpected(prepared.error());
    if (!*prepared) continue;
    const auto row = step();
    m_sessions->noteEvents(*m_member);
    if (!row) return tl::unexpected(row.error());
    if (*row) return {};
  }
  m_statement.reset();
  m_member.reset();
  m_at = m_sessions->size();
  return m_sessions->checkAnswered();
}

Result<bool> TreeTable::Cursor::prepare() {
  m_statement.reset();
  std::optional<std::uint64_t> instantNs;
  if (m_instant) {
    const auto time = client::timeOf(m_sessions->member(m_at), nullptr, *m_instant, false);
    if (!time || time->isOver) return false;
    instantNs = time->when.at.time_ns();
  }
  auto opened = m_sessions->open(m_at);
  if (!opened) return tl::unexpected(std::move(opened.error()));
  m_member = std::move(*opened);
  if (!m_member) return false;
  sqlite3_stmt* made = nullptr;
  const std::string sql = statement();
  const int status = sqlite3_prepare_v2(m_member->whole.database().handle(), sql.c_str(), -1, &made, nullptr);
  m_statement.reset(made);
  if (status != SQLITE_OK) return failed(status).map([] { return false; });
  int at = 0;
  for (const Condition& condition : m_conditions) sqlite3_bind_value(made, ++at, condition.value.get());
  if (instantNs) sqlite3_bind_int64(made, ++at, static_cast<sqlite3_int64>(*instantNs));
  return true;
}

std::string TreeTable::Cursor::statement() const {
  std::string sql = "SELECT 1";
  for (std::size_t i = static_cast<std::size_t>(m_shape->added); i < m_shape->columns.size(); ++i) {
    const bool isUsed = (m_used >> std::min<std::size_t>(i, 63) & 1) != 0;
    const bool isWanted = isUsed && !m_shape->columns[i].isHidden;
    sql += isWanted ? ", \"" + std::string(m_shape->columns[i].name) + "\"" : ", NULL";
  }
  sql += " FROM \"" + std::string(m_shape->own.name) + "\"";
  std::string_view link = " WHERE ";
  const auto where = [&](std::string_view column, std::string_view op) {
    sql += std::string(link) + "\"" + std::string(column) + "\" " + std::string(op) + " ?";
    link = " AND ";
  };
  for (const Condition& condition : m_conditions)
    where(m_shape->columns[static_cast<std::size_t>(condition.column)].name, wordOf(condition.op));
  if (m_instant) where(kInstant, "=");
  return sql;
}

Result<bool> TreeTable::Cursor::step() {
  const int status = sqlite3_step(m_statement.get());
  if (status == SQLITE_ROW || status == SQLITE_DONE) m_sessions->noteAnswer();
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  return failed(status).map([] { return false; });
}

/// What is wrong with a session leaves it out; what is wrong with the statement ends that.
Result<void> TreeTable::Cursor::failed(int status) {
  switch (status & 0xFF) {
    case SQLITE_INTERRUPT: return failure(Code::Unavailable, "", "interrupted");
    case SQLITE_NOMEM: return failure(Code::StorageFull, "", "out of memory");
    default: break;
  }
  const auto error = m_member->context->takeError();
  if (error && error->code == Code::Usage) return tl::unexpected(*error);
  sqlite3* const connection = m_member->whole.database().handle();
  m_sessions->leaveOut(m_at, error ? *error
                                   : Error{(status & 0xFF) == SQLITE_CORRUPT ? Code::Corrupt : Code::Internal,
                                           "", sqlite3_errmsg(connection), ""});
  return {};
}

void TreeTable::Cursor::column(Cell cell, int column) const {
  if (column == 0) return cell.set(m_at + 1);
  if (column < m_shape->added) return cell.setUnlessZero(m_sessions->member(m_at).info.pid());
  cell.copy(sqlite3_column_value(m_statement.get(), column - m_shape->added + 1));
}

namespace {

using SharedSessions = std::shared_ptr<TreeSessions>;

void stackTextOfTree(sqlite3_context* context, int, sqlite3_value** values) {
  if (sqlite3_value_type(values[0]) == SQLITE_NULL || sqlite3_value_type(values[1]) == SQLITE_NULL) return;
  try {
    const SharedSessions& sessions = *static_cast<SharedSessions*>(sqlite3_user_data(context));
    const sqlite3_int64 session = sqlite3_value_int64(values[0]);
    if (session < 1 || static_cast<std::uint64_t>(session) > sessions->size()) return;
    const auto opened = sessions->open(static_cast<std::size_t>(session - 1));
    if (!opened) return sqlite3_result_error_code(context, sqliteStatus(opened.error().code));
    if (!*opened) return;
    const auto decoded = (*opened)->context->session();
    if (!decoded) return sqlite3_result_error_code(context, sqliteStatus(decoded.error().code));
    Cell(context).setUnlessEmpty(stackTextOf(**decoded, sqlite3_value_int64(values[1])));
  } catch (const std::exception&) {
    sqlite3_result_error_nomem(context);
  }
}

}  // namespace

Result<std::shared_ptr<SessionContext>> addTreeTables(sqlite3* connection, const SharedSessions& sessions) {
  // The tables have no session of their own.
  const auto context = std::make_shared<SessionContext>(connection);
  int status = addPlainFunctions(connection);
  for (const TableWords& table : tableWords())
    if (status == SQLITE_OK)
      status = VirtualTable<TreeTable>::add(connection, context, TreeTable(table, sessions));
  if (status == SQLITE_OK)
    status = sqlite3_create_function_v2(connection, "stack_text", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                        new SharedSessions(sessions), stackTextOfTree, nullptr, nullptr,
                                        [](void* gone) { delete static_cast<SharedSessions*>(gone); });
  if (status == SQLITE_OK)
    status = addStackTextRefusal(connection, 1,
                                 "stack_text takes two arguments with --tree: stack_text(session, stack)");
  if (status != SQLITE_OK) return failure(Code::Internal, "SQL", sqlite3_errmsg(connection));
  return context;
}

}  // namespace heaptap::sql
