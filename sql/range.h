// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <limits>
#include <string_view>

#include "base/error.h"

namespace heaptap::sql {

/// The integers that a column may have, by the constraints of a statement: exactly what SQLite's comparisons
/// with a column of type INTEGER let pass, so that SQLite need not compare again.
class Range {
 public:
  /// `op`: of SQLITE_INDEX_CONSTRAINT_*: EQ, LT, LE, GT or GE.
  void narrow(int op, sqlite3_value* value);

  [[nodiscard]] std::int64_t from() const { return m_from; }
  [[nodiscard]] std::int64_t to() const { return m_to; }  ///< Included.
  [[nodiscard]] bool isEmpty() const { return m_from > m_to; }
  [[nodiscard]] bool isAll() const { return m_from == kMin && m_to == kMax; }
  [[nodiscard]] bool has(std::int64_t number) const { return number >= m_from && number <= m_to; }

 private:
  static constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

  void narrow(int op, std::int64_t number);
  void narrow(int op, double number);
  void atLeast(std::int64_t number) { m_from = number > m_from ? number : m_from; }
  void atMost(std::int64_t number) { m_to = number < m_to ? number : m_to; }
  void makeEmpty() {
    m_from = kMax;
    m_to = kMin;
  }

  std::int64_t m_from = kMin;
  std::int64_t m_to = kMax;
};

/// Refuses what a column of numbers is never equal to, as a statement that means something else says it: a
/// text such as '1.5s', a blob. NULL passes: it comes of joins. Errors: Usage, in words for who wrote it.
[[nodiscard]] Result<void> checkNumber(std::string_view column, sqlite3_value* value);

/// Whether a Range can take the operator of a constraint.
[[nodiscard]] constexpr bool isRangeOperator(int op) {
  return op == SQLITE_INDEX_CONSTRAINT_EQ || op == SQLITE_INDEX_CONSTRAINT_LT ||
         op == SQLITE_INDEX_CONSTRAINT_LE || op == SQLITE_INDEX_CONSTRAINT_GT ||
         op == SQLITE_INDEX_CONSTRAINT_GE;
}

}  // namespace heaptap::sql
