// SPDX-License-Identifier: Apache-2.0
#include "sql/sums/summing_statement.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace heaptap::sql {
namespace {

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

/// One instruction of SQLite's machine (https://sqlite.org/opcode.html).
struct Instruction {
  std::string name;
  int p1 = 0;
  int p2 = 0;
  std::string p4;
};

/// Before and behind the loop: what makes constants, and what shows the one row of sums.
constexpr std::array kAround{"Init",      "Null",      "VOpen",       "VFilter",  "Integer",  "Int64",
                             "Real",      "String8",   "Variable",    "AggFinal", "Copy",     "SCopy",
                             "ResultRow", "Halt",      "Transaction", "Add",      "Subtract", "Multiply",
                             "Divide",    "Remainder", "Goto"};
/// Within: nothing that depends on another row, or on chance.
constexpr std::array kInLoop{"VColumn",  "AggStep",  "CollSeq", "Copy",      "SCopy",       "Add",
                             "Subtract", "Multiply", "Divide",  "Remainder", "RealAffinity"};
constexpr std::array kSums{"count(0)", "count(1)", "sum(1)", "total(1)", "avg(1)", "min(1)", "max(1)"};

template <class Names>
bool isOneOf(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<Instruction> programOf(sqlite3_stmt* statement) {
  std::vector<Instruction> program;
  const char* const sql = sqlite3_sql(statement);
  if (sql == nullptr || sqlite3_stmt_isexplain(statement) != 0) return program;
  sqlite3_stmt* made = nullptr;
  (void)sqlite3_prepare_v2(sqlite3_db_handle(statement), (std::string("EXPLAIN ") + sql).c_str(), -1, &made,
                           nullptr);
  const std::unique_ptr<sqlite3_stmt, Finalize> explanation(made);
  const auto text = [made](int column) {
    const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(made, column));
    return std::string(bytes == nullptr ? "" : bytes);
  };
  while (made != nullptr && sqlite3_step(made) == SQLITE_ROW)
    program.push_back({.name = text(1),
                       .p1 = sqlite3_column_int(made, 2),
                       .p2 = sqlite3_column_int(made, 3),
                       .p4 = text(5)});
  return program;
}

}  // namespace

std::optional<std::uint64_t> summedColumns(sqlite3_stmt* statement) {
  const std::vector<Instruction> program = programOf(statement);
  const auto only = [&program](const char* name) -> std::optional<std::size_t> {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < program.size(); ++i) {
      if (program[i].name != name) continue;
      if (found) return std::nullopt;
      found = i;
    }
    return found;
  };
  const auto table = only("VOpen");
  const auto begin = only("VFilter");
  const auto end = only("VNext");
  const auto shown = only("ResultRow");
  if (!table || !begin || !end || !shown || *begin > *end || *shown < *end) return std::nullopt;
  if (program[*end].p2 != static_cast<int>(*begin + 1)) return std::nullopt;
  std::uint64_t columns = 0;
  for (std::size_t i = 0; i < program.size(); ++i) {
    const Instruction& one = program[i];
    if (i == *end) continue;
    if (i < *begin || i > *end) {
      if (!isOneOf(kAround, one.name)) return std::nullopt;
      if (one.name == "Goto" && one.p2 != 1)
        return std::nullopt;  // But for the one at the end, to the begin.
      continue;
    }
    if (i == *begin) continue;
    if (!isOneOf(kInLoop, one.name)) return std::nullopt;
    if (one.name == "AggStep" && !isOneOf(kSums, one.p4)) return std::nullopt;
    if (one.name == "VColumn") {
      if (one.p2 < 0 || one.p2 > 62) return std::nullopt;
      columns |= std::uint64_t{1} << one.p2;
    }
  }
  return columns;
}

}  // namespace heaptap::sql
