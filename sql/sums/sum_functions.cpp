// SPDX-License-Identifier: Apache-2.0
#include "sql/sums/sum_functions.h"

#include <sqlite3.h>

#include <array>
#include <cstdint>

namespace heaptap::sql {
namespace {

/// As SQLite's: all zero at first.
struct Sum {
  double real;
  std::int64_t whole;
  std::int64_t count;
  bool isReal;      ///< Some value was no integer.
  bool hasOverrun;  ///< The integers left 64 bits.
};

Sum* sumOf(sqlite3_context* context) {
  return static_cast<Sum*>(sqlite3_aggregate_context(context, sizeof(Sum)));
}

std::int64_t timesOf(sqlite3_context* context) {
  const auto& shared = *static_cast<std::shared_ptr<SessionContext>*>(sqlite3_user_data(context));
  return static_cast<std::int64_t>(shared->rowStandsFor());
}

void addTimes(Sum& sum, sqlite3_value* value, std::int64_t times) {
  const int type = sqlite3_value_numeric_type(value);
  if (type == SQLITE_NULL) return;
  sum.count += times;
  if (type != SQLITE_INTEGER) {
    sum.real += sqlite3_value_double(value) * static_cast<double>(times);
    sum.isReal = true;
    return;
  }
  const std::int64_t number = sqlite3_value_int64(value);
  sum.real += static_cast<double>(number) * static_cast<double>(times);
  std::int64_t product = 0;
  if (sum.isReal || sum.hasOverrun) return;
  if (__builtin_mul_overflow(number, times, &product) ||
      __builtin_add_overflow(sum.whole, product, &sum.whole))
    sum.hasOverrun = true;
}

void addRow(sqlite3_context* context, int, sqlite3_value** values) {
  if (Sum* const sum = sumOf(context)) addTimes(*sum, values[0], timesOf(context));
}
void removeRow(sqlite3_context* context, int, sqlite3_value** values) {
  if (Sum* const sum = sumOf(context)) addTimes(*sum, values[0], -timesOf(context));
}
void countRow(sqlite3_context* context, int arguments, sqlite3_value** values) {
  if (arguments == 1 && sqlite3_value_type(values[0]) == SQLITE_NULL) return;
  if (Sum* const sum = sumOf(context)) sum->count += timesOf(context);
}
void discountRow(sqlite3_context* context, int arguments, sqlite3_value** values) {
  if (arguments == 1 && sqlite3_value_type(values[0]) == SQLITE_NULL) return;
  if (Sum* const sum = sumOf(context)) sum->count -= timesOf(context);
}

void giveCount(sqlite3_context* context) {
  const auto* const sum = static_cast<Sum*>(sqlite3_aggregate_context(context, 0));
  sqlite3_result_int64(context, sum == nullptr ? 0 : sum->count);
}
void giveSum(sqlite3_context* context) {
  const auto* const sum = static_cast<Sum*>(sqlite3_aggregate_context(context, 0));
  if (sum == nullptr || sum->count == 0) return;
  if (sum->hasOverrun) return sqlite3_result_error(context, "integer overflow", -1);
  if (sum->isReal) return sqlite3_result_double(context, sum->real);
  sqlite3_result_int64(context, sum->whole);
}
void giveTotal(sqlite3_context* context) {
  const auto* const sum = static_cast<Sum*>(sqlite3_aggregate_context(context, 0));
  sqlite3_result_double(context, sum == nullptr ? 0 : sum->real);
}
void giveAverage(sqlite3_context* context) {
  const auto* const sum = static_cast<Sum*>(sqlite3_aggregate_context(context, 0));
  if (sum != nullptr && sum->count != 0)
    sqlite3_result_double(context, sum->real / static_cast<double>(sum->count));
}

}  // namespace

int addSumFunctions(sqlite3* connection, const std::shared_ptr<SessionContext>& context) {
  using Row = void (*)(sqlite3_context*, int, sqlite3_value**);
  struct Function {
    const char* name;
    int arguments;
    Row add;
    Row remove;
    void (*give)(sqlite3_context*);
  };
  constexpr std::array kFunctions{
      Function{"count", 0, countRow, discountRow, giveCount},
      Function{"count", 1, countRow, discountRow, giveCount},
      Function{"sum", 1, addRow, removeRow, giveSum},
      Function{"total", 1, addRow, removeRow, giveTotal},
      Function{"avg", 1, addRow, removeRow, giveAverage},
  };
  for (const Function& function : kFunctions) {
    auto* const shared = new std::shared_ptr<SessionContext>(context);
    const int status = sqlite3_create_window_function(
        connection, function.name, function.arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
        shared, function.add, function.give, function.give, function.remove,
        [](void* gone) { delete static_cast<std::shared_ptr<SessionContext>*>(gone); });
    if (status != SQLITE_OK) return status;
  }
  return SQLITE_OK;
}

}  // namespace heaptap::sql
