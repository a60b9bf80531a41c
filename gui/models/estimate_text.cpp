// SPDX-License-Identifier: Apache-2.0
#include "gui/models/estimate_text.h"

#include <QCoreApplication>
#include <algorithm>

#include "gui/models/quantity_text.h"
#include "text/quantity.h"

namespace heaptap::gui {
namespace {

class EstimateText {
  Q_DECLARE_TR_FUNCTIONS(Estimate)
};

QString withError(const QString& number, const QString& error) {
  return estimated(number) + QStringLiteral(" ± ") + error;
}

/// The error in per cent, with a digit after the point where there is none before it.
QString relative(const Estimate& estimate) {
  const double percent = 100 * static_cast<double>(wholeError(*estimate.error)) /
                         static_cast<double>(std::max<quint64>(estimate.value, 1));
  if (percent < 0.05) return QStringLiteral("<0.1%");
  return QString::number(percent, 'f', percent < 0.95 ? 1 : 0) + '%';
}

}  // namespace

QString estimated(const QString& text) { return QStringLiteral("≈ ") + text; }

QString countText(const Estimate& count) {
  const QString number = countText(count.value);
  if (count.isExact()) return number;
  return count.hasError() ? withError(number, countText(wholeError(*count.error))) : estimated(number);
}

QString bytesText(const Estimate& bytes) {
  const QString number = bytesText(bytes.value);
  if (bytes.isExact()) return number;
  return bytes.hasError() ? withError(number, bytesText(wholeError(*bytes.error))) : estimated(number);
}

QString bytesErrorText(const Estimate& bytes) {
  if (!bytes.isExact() && !bytes.hasError()) return EstimateText::tr("not sampled");
  return bytes.isExact() ? QString() : QStringLiteral("± ") + bytesText(wholeError(*bytes.error));
}

QString shortCountText(const Estimate& count) {
  const QString number = countText(count.value);
  return count.isExact() ? number : QStringLiteral("≈%1").arg(number);
}

QString shortBytesText(const Estimate& bytes) {
  const QString number = bytesText(bytes.value);
  if (bytes.isExact()) return number;
  return bytes.hasError() ? QStringLiteral("≈%1 ±%2").arg(number, relative(bytes))
                          : QStringLiteral("≈%1").arg(number);
}

}  // namespace heaptap::gui
