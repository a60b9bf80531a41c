// SPDX-License-Identifier: Apache-2.0
#include "gui/models/quantity_text.h"

#include <QDateTime>
#include <QTimeZone>
#include <array>
#include <cmath>

namespace heaptap::gui {
namespace {

/// Three significant digits below 1000, whole numbers from there.
QString threeDigits(double value) {
  if (value < 9.995) return QString::number(value, 'f', 2);
  if (value < 99.95) return QString::number(value, 'f', 1);
  return countText(static_cast<quint64>(std::llround(value)));
}

}  // namespace

QString countText(quint64 count) {
  QString digits = QString::number(count);
  for (qsizetype at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ',');
  return digits;
}

QString bytesText(quint64 bytes) {
  if (bytes < 1024) return QString::number(bytes) + QStringLiteral(" B");
  static constexpr std::array kUnits{"KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // 1023.6 KiB would be shown as 1,024 KiB: it is 1.00 MiB.
  while (value >= 1023.5 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return threeDigits(value) + ' ' + QLatin1String(kUnits[unit]);
}

QString exactBytesText(quint64 bytes) {
  return countText(bytes) + (bytes == 1 ? QStringLiteral(" byte") : QStringLiteral(" bytes"));
}

QString durationText(quint64 ns) {
  const double seconds = static_cast<double>(ns) / 1e9;
  if (seconds < 0.9995e-3) return QString::number(seconds * 1e6, 'f', 0) + QStringLiteral(" us");
  if (seconds < 0.9995) return threeDigits(seconds * 1e3) + QStringLiteral(" ms");
  if (seconds < 59.95) return threeDigits(seconds) + QStringLiteral(" s");
  const auto whole = static_cast<quint64>(std::llround(seconds));
  const auto twoDigits = [](quint64 value) { return QStringLiteral("%1").arg(value, 2, 10, QChar('0')); };
  if (whole < 3600) return QStringLiteral("%1 min %2 s").arg(whole / 60).arg(twoDigits(whole % 60));
  return QStringLiteral("%1 h %2 min").arg(countText(whole / 3600), twoDigits(whole / 60 % 60));
}

QString timestampText(qint64 unixNs) {
  const qint64 seconds = unixNs / 1'000'000'000 - (unixNs % 1'000'000'000 < 0 ? 1 : 0);
  return QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

QString shareText(quint64 part, quint64 whole) {
  if (whole == 0) return QStringLiteral("-");
  return QString::number(100 * static_cast<double>(part) / static_cast<double>(whole), 'f', 1) +
         QStringLiteral(" %");
}

QString numberOfText(quint64 count, const QString& singular) {
  return countText(count) + ' ' + singular + (count == 1 ? QString() : QStringLiteral("s"));
}

QString sizeRangeText(quint64 minBytes, quint64 maxBytes) {
  if (minBytes == maxBytes) return countText(minBytes) + QStringLiteral(" B");
  static constexpr std::array kUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  // From 1 KiB on the upper end is the first size outside, as the inclusive one is no round number.
  while (minBytes >= 1024 && unit + 1 < kUnits.size()) {
    minBytes /= 1024;
    maxBytes = maxBytes / 1024 + (maxBytes % 1024 == 1023 ? 1 : 0);
    ++unit;
  }
  return QStringLiteral("%1-%2 %3")
      .arg(countText(minBytes), countText(maxBytes), QLatin1String(kUnits[unit]));
}

}  // namespace heaptap::gui
