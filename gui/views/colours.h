// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QPalette>

namespace heaptap::gui {

/// The few colours beyond the system's palette, chosen to be readable on its background, light or dark.
struct Colours {
  QColor curve;    ///< Live memory: lines and bars.
  QColor area;     ///< Below the curve.
  QColor surge;    ///< What was live for a moment within a bucket; allocations that are gone.
  QColor bars;     ///< Allocations a second.
  QColor temporaryBars;  ///< Of these, the temporary ones.
  QColor grid;     ///< Hair lines.
  QColor muted;    ///< Text that explains other text.
  QColor warning;  ///< Text and marks for what the reader must not overlook.
  QColor warningArea;
  QColor rss;        ///< Resident memory, beside the live one.
  QColor pss;        ///< The proportional share of it.
  QColor mark;       ///< Lines of marks.
  QColor title;      ///< Behind titles between rows.
  QColor growth;     ///< What has grown: text and bars. Apart from the next for eyes that see no red, too.
  QColor shrinkage;  ///< What has shrunk.

  [[nodiscard]] static Colours of(const QPalette& palette);
};

/// `top` over `bottom`, `share` of it.
[[nodiscard]] QColor blended(const QColor& top, const QColor& bottom, double share);

/// As WCAG defines it: from 1, of a colour with itself, to 21, of black and white.
[[nodiscard]] double contrastOf(const QColor& one, const QColor& other);

}  // namespace heaptap::gui
