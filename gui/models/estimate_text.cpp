// SPDX-License-Identifier: Apache-2.0
#include "gui/models/estimate_text.h"

#include <algorithm>
#include <cmath>

#include "gui/models/quantity_text.h"

namespace heaptap::gui {
namespace {

/// An error as a number of the same kind. What a collector says need not be a number at all.
quint64 rounded(double error) {
  constexpr double kMost = 9e18;
  return std::isfinite(error) ? static_cast<quint64>(std::llround(std::clamp(error, 0.0, kMost))) : 0;
}

QString withError(const QString& number, const QString& error) {
  return estimated(number) + QStringLiteral(" ± ") + error;
}

/// The error in per cent, with a digit after the point where there is none before it.
QString relative(const Estimate& estimate) {
  const double percent = 100 * static_cast<double>(rounded(*estimate.error)) /
                         static_cast<double>(std::max<quint64>(estimate.value, 1));
  if (percent < 0.05) return QStringLiteral("<0.1%");
  return QString::number(percent, 'f', percent < 0.95 ? 1 : 0) + '%';
}

}  // namespace

QString estimated(const QString& text) { return QStringLiteral("≈ ") + text; }

QString countText(const Estimate& count) {
  const QString number = countText(count.value);
  return count.isExact() ? number : withError(number, countText(rounded(*count.error)));
}

QString bytesText(const Estimate& bytes) {
  const QString number = bytesText(bytes.value);
  return bytes.isExact() ? number : withError(number, bytesText(rounded(*bytes.error)));
}

QString bytesErrorText(const Estimate& bytes) {
  return bytes.isExact() ? QString() : QStringLiteral("± ") + bytesText(rounded(*bytes.error));
}

QString shortCountText(const Estimate& count) {
  const QString number = countText(count.value);
  return count.isExact() ? number : QStringLiteral("≈%1").arg(number);
}

QString shortBytesText(const Estimate& bytes) {
  const QString number = bytesText(bytes.value);
  return bytes.isExact() ? number : QStringLiteral("≈%1 ±%2").arg(number, relative(bytes));
}

}  // namespace heaptap::gui
