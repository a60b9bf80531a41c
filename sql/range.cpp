// SPDX-License-Identifier: Apache-2.0
#include "sql/range.h"

#include <cmath>

namespace heaptap::sql {
namespace {

constexpr double kBeyondIntegers = 9223372036854775808.0;  // 2^63, the first double above all of them.

}  // namespace

void Range::narrow(int op, sqlite3_value* value) {
  switch (
      sqlite3_value_numeric_type(value)) {  // Text that looks like a number is one, next to such a column.
    case SQLITE_INTEGER: return narrow(op, static_cast<std::int64_t>(sqlite3_value_int64(value)));
    case SQLITE_FLOAT: return narrow(op, sqlite3_value_double(value));
    case SQLITE_NULL: return makeEmpty();  // Compared with NULL, nothing is true.
    default:                               // Texts and blobs are greater than all numbers.
      if (op != SQLITE_INDEX_CONSTRAINT_LT && op != SQLITE_INDEX_CONSTRAINT_LE) makeEmpty();
  }
}

void Range::narrow(int op, std::int64_t number) {
  switch (op) {
    case SQLITE_INDEX_CONSTRAINT_EQ: atLeast(number); return atMost(number);
    case SQLITE_INDEX_CONSTRAINT_GE: return atLeast(number);
    case SQLITE_INDEX_CONSTRAINT_LE: return atMost(number);
    case SQLITE_INDEX_CONSTRAINT_GT: return number == kMax ? makeEmpty() : atLeast(number + 1);
    case SQLITE_INDEX_CONSTRAINT_LT: return number == kMin ? makeEmpty() : atMost(number - 1);
    default: return;
  }
}

void Range::narrow(int op, double number) {
  const bool wantsLess = op == SQLITE_INDEX_CONSTRAINT_LT || op == SQLITE_INDEX_CONSTRAINT_LE;
  if (number >= kBeyondIntegers) return wantsLess ? void() : makeEmpty();
  if (number < -kBeyondIntegers) return wantsLess || op == SQLITE_INDEX_CONSTRAINT_EQ ? makeEmpty() : void();
  const double below = std::floor(number);
  const auto whole = static_cast<std::int64_t>(below);
  if (below == number) return narrow(op, whole);
  if (op == SQLITE_INDEX_CONSTRAINT_EQ) return makeEmpty();
  // Between two integers.
  if (wantsLess) return narrow(SQLITE_INDEX_CONSTRAINT_LE, whole);
  narrow(SQLITE_INDEX_CONSTRAINT_GT, whole);
}

}  // namespace heaptap::sql
