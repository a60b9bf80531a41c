// SPDX-License-Identifier: Apache-2.0
#include "gui/models/comparison/comparison.h"

#include <QCoreApplication>

#include "gui/models/quantity_text.h"

namespace heaptap::gui {
namespace {

class ComparisonText {
  Q_DECLARE_TR_FUNCTIONS(Comparison)
};

}  // namespace

QString changeText(const NumberChange& change, bool isBytes) {
  const quint64 by = change.magnitude();
  if (by == 0) return QStringLiteral("0");
  return (change.grew() ? QChar('+') : QChar('-')) + (isBytes ? bytesText(by) : countText(by));
}

QString relativeChangeText(const NumberChange& change) {
  if (change.before == 0 || change.magnitude() == 0) return {};
  const double share = 100.0 * static_cast<double>(change.magnitude()) / static_cast<double>(change.before);
  return (change.grew() ? QChar('+') : QChar('-')) + QString::number(share, 'f', 1) + QStringLiteral(" %");
}

QString changeKindText(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::New: return ComparisonText::tr("new");
    case ChangeKind::Grew: return ComparisonText::tr("grew");
    case ChangeKind::Shrank: return ComparisonText::tr("shrank");
    case ChangeKind::Gone: return ComparisonText::tr("gone");
    case ChangeKind::Noise: return ComparisonText::tr("noise");
  }
  return {};
}

}  // namespace heaptap::gui
