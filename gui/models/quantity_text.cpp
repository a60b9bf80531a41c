// SPDX-License-Identifier: Apache-2.0
#include "gui/models/quantity_text.h"

#include <QCoreApplication>

#include "text/quantity.h"

namespace heaptap::gui {
namespace {

/// `%1`, not `%n`: the number is grouped by thousands, and may be larger than an int.
const char* textOf(Noun noun) {
  switch (noun) {
    case Noun::Allocation: return QT_TRANSLATE_N_NOOP("Quantity", "%1 allocation(s)");
    case Noun::Block: return QT_TRANSLATE_N_NOOP("Quantity", "%1 block(s)");
    case Noun::Byte: return QT_TRANSLATE_N_NOOP("Quantity", "%1 byte(s)");
    case Noun::CallSite: return QT_TRANSLATE_N_NOOP("Quantity", "%1 call site(s)");
    case Noun::Event: return QT_TRANSLATE_N_NOOP("Quantity", "%1 event(s)");
    case Noun::File: return QT_TRANSLATE_N_NOOP("Quantity", "%1 file(s)");
    case Noun::Free: return QT_TRANSLATE_N_NOOP("Quantity", "%1 free(s)");
    case Noun::Function: return QT_TRANSLATE_N_NOOP("Quantity", "%1 function(s)");
    case Noun::Mark: return QT_TRANSLATE_N_NOOP("Quantity", "%1 mark(s)");
    case Noun::Other: return QT_TRANSLATE_N_NOOP("Quantity", "%1 other(s)");
    case Noun::Page: return QT_TRANSLATE_N_NOOP("Quantity", "%1 page(s)");
    case Noun::Place: return QT_TRANSLATE_N_NOOP("Quantity", "%1 place(s)");
    case Noun::Row: return QT_TRANSLATE_N_NOOP("Quantity", "%1 row(s)");
    case Noun::Sample: return QT_TRANSLATE_N_NOOP("Quantity", "%1 sample(s)");
    case Noun::SampledBlock: return QT_TRANSLATE_N_NOOP("Quantity", "%1 sampled block(s)");
    case Noun::Thread: return QT_TRANSLATE_N_NOOP("Quantity", "%1 thread(s)");
    case Noun::Time: return QT_TRANSLATE_N_NOOP("Quantity", "%1 time(s)");
    case Noun::WrongUse: return QT_TRANSLATE_N_NOOP("Quantity", "%1 wrong use(s) of the heap");
  }
  return "%1";
}

/// A number of the same plural form that Qt takes. The rules of all languages look at small numbers and at
/// the last digits.
int pluralNumber(quint64 count) {
  constexpr quint64 kLast = 1'000'000;
  return static_cast<int>(count < kLast ? count : kLast + count % kLast);
}

}  // namespace

QString countText(quint64 count) { return QString::fromStdString(formatCount(count)); }

QString bytesText(quint64 bytes) { return QString::fromStdString(formatBytes(bytes)); }

QString exactBytesText(quint64 bytes) { return numberOfText(bytes, Noun::Byte); }

QString durationText(quint64 ns) { return QString::fromStdString(formatDuration(ns)); }

QString timestampText(qint64 unixNs) { return QString::fromStdString(formatTime(unixNs)); }

QString shareText(quint64 part, quint64 whole) { return QString::fromStdString(formatShare(part, whole)); }

QString numberOfText(quint64 count, Noun noun) {
  QString text = QCoreApplication::translate("Quantity", textOf(noun), nullptr, pluralNumber(count));
  // The source text stands for both English forms; English needs no translation for that.
  text.replace(QLatin1String("(s)"), count == 1 ? QString() : QStringLiteral("s"));
  return text.arg(countText(count));
}

QString sizeRangeText(quint64 minBytes, quint64 maxBytes) {
  return QString::fromStdString(formatSizeRange(minBytes, maxBytes));
}

}  // namespace heaptap::gui
