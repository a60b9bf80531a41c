// SPDX-License-Identifier: Apache-2.0
#include "gui/models/quantity_text.h"

#include "text/quantity.h"

namespace heaptap::gui {

QString countText(quint64 count) { return QString::fromStdString(formatCount(count)); }

QString bytesText(quint64 bytes) { return QString::fromStdString(formatBytes(bytes)); }

QString exactBytesText(quint64 bytes) { return QString::fromStdString(formatNumberOf(bytes, "byte")); }

QString durationText(quint64 ns) { return QString::fromStdString(formatDuration(ns)); }

QString timestampText(qint64 unixNs) { return QString::fromStdString(formatTime(unixNs)); }

QString shareText(quint64 part, quint64 whole) { return QString::fromStdString(formatShare(part, whole)); }

QString numberOfText(quint64 count, const QString& singular) {
  return QString::fromStdString(formatNumberOf(count, singular.toStdString().c_str()));
}

QString sizeRangeText(quint64 minBytes, quint64 maxBytes) {
  return QString::fromStdString(formatSizeRange(minBytes, maxBytes));
}

}  // namespace heaptap::gui
