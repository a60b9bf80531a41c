// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>

#include "gui/models/histograms/histogram.h"

/// Histograms in words.
namespace heaptap::gui {

/// What the ranges of a histogram are of.
enum class HistogramAxis : quint8 { Sizes, Lifetimes };

/// The least value of a range, as short as an axis wants it: `0`, `16 B`, `4 KiB`; `1.05 ms`.
[[nodiscard]] QString rangeBeginText(quint64 from, HistogramAxis axis);

/// A range: `16-31 B`; `1.05 ms to 2.10 ms`, `under 1 us`.
[[nodiscard]] QString rangeText(const Histogram::Bar& bar, HistogramAxis axis);

/// `1.21 GiB in 12 blocks`, marked where it is an estimate.
[[nodiscard]] QString blockSumText(const BlockSum& sum, bool areEstimates);
/// The same, exact to the byte.
[[nodiscard]] QString exactBlockSumText(const BlockSum& sum, bool areEstimates);

/// Of a bar, or of one of its series: `16-31 B, of parse: 1.21 GiB in 12 blocks, 34.1 %`. For a status line
/// and for screen readers; names are cut.
[[nodiscard]] QString barSentence(const Histogram& histogram, std::size_t bar,
                                  std::optional<std::size_t> series, HistogramUnit unit, HistogramAxis axis);

/// What a tool tip says: the range, its sum, and each series that has something in it.
[[nodiscard]] QStringList barLines(const Histogram& histogram, std::size_t bar, HistogramUnit unit,
                                   HistogramAxis axis);

}  // namespace heaptap::gui
