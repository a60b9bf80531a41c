// SPDX-License-Identifier: Apache-2.0
#include "gui/views/colours.h"

#include <algorithm>
#include <cmath>

namespace heaptap::gui {

namespace {

/// The contrast of text from which a palette is one of high contrast: of black and white it is 21, of the two
/// themes of heaptap at most 17.
constexpr double kStark = 18;

/// Relative luminance as WCAG defines it.
double luminanceOf(const QColor& colour) {
  const auto linear = [](double value) {
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

}  // namespace

double contrastOf(const QColor& one, const QColor& other) {
  const double first = luminanceOf(one);
  const double second = luminanceOf(other);
  return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

QColor blended(const QColor& top, const QColor& bottom, double share) {
  const auto mix = [share](int a, int b) {
    return static_cast<int>(std::lround(a * share + b * (1 - share)));
  };
  return {mix(top.red(), bottom.red()), mix(top.green(), bottom.green()), mix(top.blue(), bottom.blue())};
}

Colours Colours::of(const QPalette& palette) {
  const QColor base = palette.color(QPalette::Base);
  const QColor text = palette.color(QPalette::Text);
  const bool isDark = base.lightness() < text.lightness();
  Colours colours;
  colours.curve = isDark ? QColor(0x5A, 0xA9, 0xE6) : QColor(0x1F, 0x6F, 0xB2);
  colours.area = blended(colours.curve, base, isDark ? 0.45 : 0.38);
  colours.surge = blended(colours.curve, base, isDark ? 0.22 : 0.16);
  colours.bars = blended(text, base, isDark ? 0.40 : 0.34);
  colours.temporaryBars = blended(text, base, isDark ? 0.66 : 0.60);
  colours.grid = blended(text, base, isDark ? 0.16 : 0.12);
  colours.muted = blended(text, base, 0.62);
  colours.warning = isDark ? QColor(0xF2, 0xA6, 0x3B) : QColor(0xA8, 0x4B, 0x00);
  colours.warningArea = blended(colours.warning, base, isDark ? 0.20 : 0.10);
  // Apart from the curve, and from each other, in hue and in lightness: for eyes that see no red, too.
  colours.rss = isDark ? QColor(0xC5, 0x9B, 0xF0) : QColor(0x6F, 0x3F, 0xA8);
  colours.pss = isDark ? QColor(0x7F, 0xD1, 0x9B) : QColor(0x1D, 0x7A, 0x4B);
  colours.mark = blended(text, base, 0.55);
  colours.title = blended(text, base, isDark ? 0.10 : 0.06);
  colours.growth = isDark ? QColor(0xF0, 0x90, 0x5A) : QColor(0xB3, 0x40, 0x00);
  colours.shrinkage = isDark ? QColor(0x6A, 0xB4, 0xF0) : QColor(0x00, 0x5F, 0xA8);
  // Who has set the desktop to black and white needs the contrast in what is finer than text, too.
  if (contrastOf(text, base) < kStark) return colours;
  colours.muted = blended(text, base, 0.85);
  colours.grid = blended(text, base, 0.40);
  colours.mark = blended(text, base, 0.80);
  colours.bars = blended(text, base, 0.60);
  colours.title = blended(text, base, 0.20);
  if (isDark) return colours;
  colours.warning = QColor(0x7A, 0x36, 0x00);
  colours.growth = QColor(0x85, 0x2E, 0x00);
  colours.shrinkage = QColor(0x00, 0x48, 0x82);
  return colours;
}

}  // namespace heaptap::gui
