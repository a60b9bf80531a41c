// SPDX-License-Identifier: Apache-2.0
#include "gui/views/painting/hues.h"

#include <algorithm>

#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr std::array<QRgb, Hues::kCount> kHues = {0x77AADD, 0xEE8866, 0x44BB99, 0xEEDD88,
                                                  0xFFAABB, 0xAAAA00, 0x99DDFF};
constexpr double kOnDark = 0.56;  // Of a hue, over a dark background.
constexpr double kFaded = 0.28;
constexpr double kLeastShade = 0.12;
}  // namespace

Hues::Hues(const QPalette& palette)
    : m_base(palette.color(QPalette::Base)), m_outline(palette.color(QPalette::Text)) {
  const bool isDark = m_base.lightness() < m_outline.lightness();
  for (std::size_t i = 0; i < kCount; ++i)
    m_hues[i] = isDark ? blended(QColor(kHues[i]), m_base, kOnDark) : QColor(kHues[i]);
  m_neutral = blended(m_outline, m_base, isDark ? 0.22 : 0.14);
}

QColor Hues::faded(const QColor& colour) const { return blended(colour, m_base, kFaded); }

QColor Hues::shade(double share) const {
  const bool isDark = m_base.lightness() < m_outline.lightness();
  const QColor full = isDark ? QColor(kHues[0]) : blended(QColor(kHues[0]), QColor(Qt::black), 0.55);
  return blended(full, m_base, kLeastShade + (1 - kLeastShade) * std::clamp(share, 0.0, 1.0));
}

QColor Hues::textOn(const QColor& colour) {
  return contrastOf(colour, Qt::black) > contrastOf(colour, Qt::white) ? QColor(Qt::black)
                                                                       : QColor(Qt::white);
}

}  // namespace heaptap::gui
