// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sql/sql_result.h"

#include <charconv>
#include <cmath>
#include <string>

#include "text/csv_field.h"
#include "text/printable.h"

namespace heaptap::gui {
namespace {

constexpr qsizetype kMostShownBytes = 32;
constexpr std::size_t kBlob = 4;

QString doubleText(double number) {
  if (std::isinf(number)) return number < 0 ? QStringLiteral("-Inf") : QStringLiteral("Inf");
  char text[32];
  std::string digits(text, std::to_chars(text, text + sizeof text, number).ptr);
  // A whole number that is none of SQL's integers is seen to be one.
  if (digits.find_first_of(".e") == std::string::npos) digits += ".0";
  return QString::fromStdString(digits);
}

QString blobText(const QByteArray& bytes, qsizetype most) {
  return QStringLiteral("x'") + QString::fromLatin1(bytes.left(most).toHex()) +
         (bytes.size() > most ? QStringLiteral("…'") : QStringLiteral("'"));
}

QByteArray fieldOf(const QString& text) { return QByteArray::fromStdString(csvField(text.toStdString())); }

QByteArray fieldOf(const SqlValue& value) {
  if (const auto* text = std::get_if<QString>(&value)) return fieldOf(*text);
  if (const auto* bytes = std::get_if<QByteArray>(&value)) return blobText(*bytes, bytes->size()).toUtf8();
  return isNumber(value) ? sqlText(value).toUtf8() : QByteArray();
}

double numberOf(const SqlValue& value) {
  if (const auto* whole = std::get_if<qint64>(&value)) return static_cast<double>(*whole);
  return std::get<double>(value);
}

/// NULL, then numbers of both kinds, then texts, then bytes.
std::size_t rankOf(const SqlValue& value) { return isNumber(value) ? 1 : value.index(); }

}  // namespace

bool isNumber(const SqlValue& value) { return value.index() == 1 || value.index() == 2; }

QString sqlText(const SqlValue& value, qsizetype most) {
  if (const auto* whole = std::get_if<qint64>(&value)) return QString::number(*whole);
  if (const auto* number = std::get_if<double>(&value)) return doubleText(*number);
  if (const auto* bytes = std::get_if<QByteArray>(&value)) return blobText(*bytes, kMostShownBytes);
  const auto* text = std::get_if<QString>(&value);
  if (text == nullptr) return QStringLiteral("NULL");
  const QString shown = QString::fromStdString(printable(text->left(most).toStdString()));
  return text->size() > most ? shown + QStringLiteral("…") : shown;
}

bool sqlLess(const SqlValue& a, const SqlValue& b) {
  if (rankOf(a) != rankOf(b)) return rankOf(a) < rankOf(b);
  if (a.index() == 0) return false;
  if (a.index() == 1 && b.index() == 1) return std::get<qint64>(a) < std::get<qint64>(b);
  if (isNumber(a)) return numberOf(a) < numberOf(b);
  if (a.index() == kBlob) return std::get<QByteArray>(a) < std::get<QByteArray>(b);
  return std::get<QString>(a) < std::get<QString>(b);
}

QByteArray sqlCsv(const SqlResult& result, const std::vector<quint32>& order) {
  QByteArray csv;
  for (qsizetype column = 0; column < result.columns.size(); ++column)
    csv += (column == 0 ? "" : ",") + fieldOf(result.columns[column]);
  csv += "\r\n";
  for (const quint32 row : order) {
    for (std::size_t column = 0; column < result.rows[row].size(); ++column)
      csv += (column == 0 ? "" : ",") + fieldOf(result.rows[row][column]);
    csv += "\r\n";
  }
  return csv;
}

}  // namespace heaptap::gui
