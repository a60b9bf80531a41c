// SPDX-License-Identifier: Apache-2.0
#include "sql/range.h"

#include <cmath>
#include <string>

#include "text/printable.h"

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

Result<void> checkNumber(std::string_view column, sqlite3_value* value) {
  const int type = sqlite3_value_numeric_type(value);
  if (type == SQLITE_INTEGER || type == SQLITE_FLOAT || type == SQLITE_NULL) return {};
  std::string what = "a blob";
  if (type == SQLITE_TEXT) {
    constexpr std::size_t kShown = 40;
    const auto* const bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
    const std::string text(bytes == nullptr ? "" : bytes,
                           static_cast<std::size_t>(sqlite3_value_bytes(value)));
    what = "'" + printable(text.substr(0, kShown)) + (text.size() > kShown ? "…'" : "'");
  }
  return failure(Code::Usage, "", std::string(column) + " is a number, and is compared with " + what,
                 column == "at_ns"     ? "times are in ns: 1.5e9 is 1.5 s after the start"
                 : column == "address" ? "write it without quotes: 0x7f3a2010"
                                       : "write a number");
}

}  // namespace heaptap::sql
