// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace heaptap::sql {

/// Where the value of one column of a row goes. What is not set is NULL.
class Cell {
 public:
  explicit Cell(sqlite3_context* context) : m_context(context) {}

  /// Beyond 2^63 a number is shown as the negative one with the same bits, as in the stored tables.
  template <class Integer>
  requires std::is_integral_v<Integer>
  void set(Integer number) const { sqlite3_result_int64(m_context, static_cast<sqlite3_int64>(number)); }
  void set(double number) const { sqlite3_result_double(m_context, number); }
  /// Copied. Bytes as they were recorded: they need not be UTF-8.
  void set(std::string_view text) const {
    sqlite3_result_text64(m_context, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                          SQLITE_UTF8);
  }
  /// The value of another statement's column.
  void copy(sqlite3_value* value) const { sqlite3_result_value(m_context, value); }
  /// Of a text that lives as long as the program.
  void setWord(std::string_view word) const {
    sqlite3_result_text64(m_context, word.data(), word.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  /// Unknown, where the session has 0 or an empty text for it.
  template <class Integer>
  void setUnlessZero(Integer number) const {
    if (number != 0) set(number);
  }
  void setUnlessEmpty(std::string_view text) const {
    if (!text.empty()) set(text);
  }
  template <class Value>
  void set(const std::optional<Value>& value) const {
    if (value) set(*value);
  }

 private:
  sqlite3_context* m_context;
};

}  // namespace heaptap::sql
