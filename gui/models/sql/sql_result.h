// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <variant>
#include <vector>

namespace heaptap::gui {

/// What a row has in a column: NULL, a number, a text, or bytes.
using SqlValue = std::variant<std::monostate, qint64, double, QString, QByteArray>;

/// What a session is asked in SQL. With empty statements: whether it can be asked at all.
struct SqlWish {
  QString statements;
  quint64 turn = 0;  ///< Another number: the same again, as it is now.

  bool operator==(const SqlWish&) const = default;
};

/// The rows of the last statement that has any, and how it ended.
struct SqlResult {
  /// More rows, and larger ones, are not kept.
  static constexpr std::size_t kMostRows = 100'000;
  static constexpr std::size_t kMostBytes = 128U << 20;
  static constexpr std::size_t kMostBytesOfAValue = 1U << 20;

  QStringList columns;
  std::vector<std::vector<SqlValue>> rows;
  bool isCut = false;  ///< There are more rows.
  quint64 tookNs = 0;
  quint64 missingEvents = 0;  ///< That the statement wanted to see and the file does not have.
  QString problem;            ///< Why there are no rows, or no more; or empty.
};

/// A value in one line, with control characters shown; what is longer than `most` ends in `…`.
[[nodiscard]] QString sqlText(const SqlValue& value, qsizetype most = 1'000);
/// Whether `a` stands before `b` in ascending order: NULL, numbers, texts, bytes, as SQL has it.
[[nodiscard]] bool sqlLess(const SqlValue& a, const SqlValue& b);
[[nodiscard]] bool isNumber(const SqlValue& value);

/// The rows in the order given, as `heaptap query --format csv` writes them: RFC 4180 with a line of names; a
/// NULL is an empty field, a text has quotes, and an apostrophe before what a spreadsheet would compute.
/// Returns: UTF-8.
[[nodiscard]] QByteArray sqlCsv(const SqlResult& result, const std::vector<quint32>& order);

}  // namespace heaptap::gui
