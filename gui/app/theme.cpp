// SPDX-License-Identifier: Apache-2.0
#include "gui/app/theme.h"

#include <QApplication>
#include <QPalette>
#include <QStyle>
#include <utility>

#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

struct Tones {
  QColor window, base, alternate, button, text, highlight, link;
};

QPalette paletteOf(const Tones& tones) {
  QPalette palette(tones.button, tones.window);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText})
    palette.setColor(role, tones.text);
  palette.setColor(QPalette::Base, tones.base);
  palette.setColor(QPalette::AlternateBase, tones.alternate);
  palette.setColor(QPalette::ToolTipBase, tones.button);
  palette.setColor(QPalette::Highlight, tones.highlight);
  palette.setColor(QPalette::HighlightedText, Qt::white);
  palette.setColor(QPalette::Link, tones.link);
  const QColor faint = blended(tones.text, tones.window, 0.55);
  palette.setColor(QPalette::PlaceholderText, faint);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    palette.setColor(QPalette::Disabled, role, blended(tones.text, tones.window, 0.4));
  return palette;
}

}  // namespace

std::optional<Theme> themeCalled(const QString& name) {
  if (name == QLatin1String("light")) return Theme::Light;
  if (name == QLatin1String("dark")) return Theme::Dark;
  return std::nullopt;
}

QPalette readable(QPalette palette) {
  constexpr double kReadable = 4.5;  // WCAG's AA.
  const QColor base = palette.color(QPalette::Base);
  const Colours colours = Colours::of(palette);
  for (const auto& [role, instead] :
       {std::pair(QPalette::Link, colours.curve), std::pair(QPalette::PlaceholderText, colours.muted)}) {
    const QColor shown = palette.color(role);
    const QColor solid(shown.rgb());
    if (contrastOf(blended(solid, base, shown.alphaF()), base) < kReadable) palette.setColor(role, instead);
  }
  return palette;
}

void apply(Theme theme) {
  QApplication::setStyle(QStringLiteral("Fusion"));
  if (theme == Theme::Dark)
    QApplication::setPalette(paletteOf({.window = {0x2A, 0x2D, 0x31},
                                        .base = {0x1E, 0x20, 0x23},
                                        .alternate = {0x25, 0x28, 0x2B},
                                        .button = {0x34, 0x38, 0x3D},
                                        .text = {0xE4, 0xE6, 0xE9},
                                        .highlight = {0x2F, 0x65, 0xA0},
                                        .link = {0x5A, 0xA9, 0xE6}}));
  else
    QApplication::setPalette(paletteOf({.window = {0xF3, 0xF4, 0xF6},
                                        .base = {0xFF, 0xFF, 0xFF},
                                        .alternate = {0xF7, 0xF8, 0xFA},
                                        .button = {0xEB, 0xED, 0xF0},
                                        .text = {0x1B, 0x1E, 0x22},
                                        .highlight = {0x1F, 0x6F, 0xB2},
                                        .link = {0x1F, 0x6F, 0xB2}}));
}

}  // namespace heaptap::gui
