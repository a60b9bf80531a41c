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

QString relative(const Estimate& estimate) {
  if (estimate.value == 0) return QStringLiteral("0 %");
  const double percent =
      100 * static_cast<double>(rounded(*estimate.error)) / static_cast<double>(estimate.value);
  return QString::number(percent, 'f', percent < 9.95 ? 1 : 0) + QStringLiteral(" %");
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
  return count.isExact() ? number : withError(number, relative(count));
}

QString shortBytesText(const Estimate& bytes) {
  const QString number = bytesText(bytes.value);
  return bytes.isExact() ? number : withError(number, relative(bytes));
}

}  // namespace heaptap::gui
