// SPDX-License-Identifier: Apache-2.0
#include "gui/models/histograms/histogram_text.h"

#include <QCoreApplication>
#include <array>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/models/trees/tree_text.h"

namespace heaptap::gui {
namespace {

class HistogramText {
  Q_DECLARE_TR_FUNCTIONS(Histogram)
};

constexpr qsizetype kMostOfASeriesName = 80;
constexpr unsigned kBitsOfAUnit = 10;

/// Of powers of two, which are whole in their unit.
QString powerText(quint64 bytes) {
  static constexpr std::array kUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  while (unit + 1 < kUnits.size() && bytes >= (1U << kBitsOfAUnit)) {
    bytes >>= kBitsOfAUnit;
    ++unit;
  }
  return QString::number(bytes) + ' ' + QLatin1String(kUnits[unit]);
}

QString marked(const QString& text, bool isEstimate) { return isEstimate ? estimated(text) : text; }

}  // namespace

QString rangeBeginText(quint64 from, HistogramAxis axis) {
  if (from == 0) return QStringLiteral("0");
  return axis == HistogramAxis::Sizes ? powerText(from) : durationText(from);
}

QString rangeText(const Histogram::Bar& bar, HistogramAxis axis) {
  if (axis == HistogramAxis::Sizes) return sizeRangeText(bar.from, bar.to);
  if (bar.from == 0) return HistogramText::tr("under %1").arg(durationText(bar.to + 1));
  return HistogramText::tr("%1 to %2").arg(durationText(bar.from), durationText(bar.to));
}

QString blockSumText(const BlockSum& sum, bool areEstimates) {
  return marked(
      HistogramText::tr("%1 in %2").arg(bytesText(sum.bytes), numberOfText(sum.blocks, Noun::Block)),
      areEstimates);
}

QString exactBlockSumText(const BlockSum& sum, bool areEstimates) {
  return marked(
      HistogramText::tr("%1 in %2").arg(exactBytesText(sum.bytes), numberOfText(sum.blocks, Noun::Block)),
      areEstimates);
}

QString barSentence(const Histogram& histogram, std::size_t bar, std::optional<std::size_t> series,
                    HistogramUnit unit, HistogramAxis axis) {
  const Histogram::Bar& shown = histogram.bars[bar];
  const BlockSum sum = series ? shown.parts[*series] : shown.sum();
  QString text = rangeText(shown, axis);
  if (series)
    text += HistogramText::tr(", of %1").arg(oneLine(histogram.series[*series].name, kMostOfASeriesName));
  return QStringLiteral("%1: %2, %3")
      .arg(text, blockSumText(sum, histogram.areEstimates || histogram.areMeans),
           shareText(valueOf(sum, unit), valueOf(histogram.sum(), unit)));
}

QStringList barLines(const Histogram& histogram, std::size_t bar, HistogramUnit unit, HistogramAxis axis) {
  const Histogram::Bar& shown = histogram.bars[bar];
  const bool isMarked = histogram.areEstimates || histogram.areMeans;
  const BlockSum sum = shown.sum();
  QStringList lines{
      rangeText(shown, axis),
      QStringLiteral("%1, %2").arg(exactBlockSumText(sum, isMarked),
                                   shareText(valueOf(sum, unit), valueOf(histogram.sum(), unit)))};
  for (std::size_t i = 0; i < shown.parts.size(); ++i)
    if (shown.parts[i] != BlockSum())
      lines << QStringLiteral("%1: %2").arg(oneLine(histogram.series[i].name, kMostOfASeriesName),
                                            exactBlockSumText(shown.parts[i], isMarked));
  return lines;
}

}  // namespace heaptap::gui
