// SPDX-License-Identifier: Apache-2.0
#include "sql/functions.h"

#include <sqlite3.h>

#include <array>
#include <charconv>
#include <exception>
#include <string>

#include "client/stack_lines.h"
#include "sql/tables/names.h"
#include "sql/virtual_table.h"
#include "text/quantity.h"

namespace heaptap::sql {
namespace {

constexpr std::array kFunctionWords{
    FunctionWords{"bytes(n)", "for people: 12.3 MiB"},
    FunctionWords{"seconds(ns)", "a time or a duration in seconds, a number"},
    FunctionWords{"address_text(n)", "an address as it is written: 0x7f3a41c6e2b0"},
    FunctionWords{"stack_text(stack)", "the functions of a stack in one line, innermost first"},
};
constexpr std::array kTreeFunctionWords{
    kFunctionWords[0],
    kFunctionWords[1],
    kFunctionWords[2],
    FunctionWords{"stack_text(session, stack)", kFunctionWords[3].meaning},
};

/// A function that is there with another number of arguments: SQLite would only say that the number is wrong.
void refuseArguments(sqlite3_context* context, int, sqlite3_value**) {
  sqlite3_result_error(context, static_cast<const char*>(sqlite3_user_data(context)), -1);
}

constexpr std::string_view kBetweenFunctions = " < ";
constexpr std::size_t kMostStackText = 1U << 20;

/// Nothing is thrown through SQLite.
template <class Call>
void answer(sqlite3_context* context, Call call) {
  try {
    call(Cell(context));
  } catch (const std::exception&) {
    sqlite3_result_error_nomem(context);
  }
}

bool isNull(sqlite3_value* value) { return sqlite3_value_type(value) == SQLITE_NULL; }

void bytes(sqlite3_context* context, int, sqlite3_value** values) {
  if (isNull(values[0])) return;
  answer(context, [&](Cell cell) {
    const sqlite3_int64 number = sqlite3_value_int64(values[0]);
    const auto size = static_cast<std::uint64_t>(number);
    cell.set(std::string_view(number < 0 ? "-" + formatBytes(~size + 1) : formatBytes(size)));
  });
}

void seconds(sqlite3_context* context, int, sqlite3_value** values) {
  if (!isNull(values[0])) sqlite3_result_double(context, sqlite3_value_double(values[0]) / 1e9);
}

void addressText(sqlite3_context* context, int, sqlite3_value** values) {
  if (isNull(values[0])) return;
  answer(context, [&](Cell cell) {
    std::array<char, 20> digits{};
    const auto address = static_cast<std::uint64_t>(sqlite3_value_int64(values[0]));
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), address, 16).ptr;
    cell.set(std::string_view("0x" + std::string(digits.data(), end)));
  });
}

std::string textOf(const DecodedSession& session, model::StackId stack) {
  std::string text;
  for (const client::StackLine& line : client::stackLines(session.profile(), stack)) {
    const std::string function = functionOf(line);
    if (text.size() + function.size() > kMostStackText) return text + std::string(kBetweenFunctions) + "…";
    text += (text.empty() ? "" : kBetweenFunctions);
    text += function;
  }
  return text;
}

void stackText(sqlite3_context* context, int, sqlite3_value** values) {
  if (isNull(values[0])) return;
  answer(context, [&](Cell cell) {
    auto& shared = *static_cast<std::shared_ptr<SessionContext>*>(sqlite3_user_data(context));
    const auto session = shared->session();
    if (!session) {
      shared->noteError(session.error());
      const std::string& what = session.error().what;
      sqlite3_result_error(context, what.c_str(), static_cast<int>(what.size()));
      return sqlite3_result_error_code(context, sqliteStatus(session.error().code));
    }
    cell.setUnlessEmpty(stackTextOf(**session, sqlite3_value_int64(values[0])));
  });
}

}  // namespace

std::span<const FunctionWords> functionWords(bool ofTree) {
  return ofTree ? std::span<const FunctionWords>(kTreeFunctionWords) : kFunctionWords;
}

int addStackTextRefusal(sqlite3* connection, int arguments, const char* words) {
  return sqlite3_create_function_v2(connection, "stack_text", arguments, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                    const_cast<char*>(words), refuseArguments, nullptr, nullptr, nullptr);
}

std::string stackTextOf(const DecodedSession& session, std::int64_t stack) {
  const auto stacks = static_cast<std::int64_t>(session.definitions().stacks.size());
  if (stack <= 0 || stack >= stacks) return {};
  return textOf(session, static_cast<model::StackId>(static_cast<std::uint32_t>(stack)));
}

int addPlainFunctions(sqlite3* connection) {
  struct Function {
    const char* name;
    void (*call)(sqlite3_context*, int, sqlite3_value**);
  };
  constexpr int kPure = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  constexpr std::array kFunctions{Function{"bytes", bytes}, Function{"seconds", seconds},
                                  Function{"address_text", addressText}};
  for (const Function& function : kFunctions) {
    const int status = sqlite3_create_function_v2(connection, function.name, 1, kPure, nullptr, function.call,
                                                  nullptr, nullptr, nullptr);
    if (status != SQLITE_OK) return status;
  }
  return SQLITE_OK;
}

int addFunctions(sqlite3* connection, const std::shared_ptr<SessionContext>& context) {
  if (const int status = addPlainFunctions(connection); status != SQLITE_OK) return status;
  if (const int status = addStackTextRefusal(
          connection, 2,
          "stack_text takes one argument, stack_text(stack); with --tree two: (session, stack)");
      status != SQLITE_OK)
    return status;
  auto* const shared = new std::shared_ptr<SessionContext>(context);
  return sqlite3_create_function_v2(
      connection, "stack_text", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, shared, stackText, nullptr, nullptr,
      [](void* gone) { delete static_cast<std::shared_ptr<SessionContext>*>(gone); });
}

}  // namespace heaptap::sql
