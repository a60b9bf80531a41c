// SPDX-License-Identifier: Apache-2.0
#include "gui/views/flame_graph/flame_colours.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "gui/models/trees/tree_text.h"
#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr std::array<QRgb, FlameColours::kModules> kHues = {0x77AADD, 0xEE8866, 0x44BB99, 0xEEDD88,
                                                            0xFFAABB, 0xAAAA00, 0x99DDFF};
constexpr double kOnDark = 0.56;  // Of a hue, over a dark background.
constexpr double kFaded = 0.28;
/// Relative luminance from which black text has more contrast than white: 4.58 to 1 and more with either.
constexpr double kBright = 0.1791;

/// Relative luminance as WCAG defines it.
double luminance(const QColor& colour) {
  const auto linear = [](double value) {
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

}  // namespace

void FlameColours::setPalette(const QPalette& palette) {
  m_base = palette.color(QPalette::Base);
  const QColor text = palette.color(QPalette::Text);
  const bool isDark = m_base.lightness() < text.lightness();
  for (std::size_t i = 0; i < kModules; ++i)
    m_hues[i] = isDark ? blended(QColor(kHues[i]), m_base, kOnDark) : QColor(kHues[i]);
  m_neutral = blended(text, m_base, isDark ? 0.22 : 0.14);
  m_outline = text;
}

void FlameColours::assign(const QHash<QString, double>& widths) {
  std::vector<std::pair<double, QString>> fresh;
  for (auto module = widths.begin(); module != widths.end(); ++module)
    if (!module.key().isEmpty() && !m_modules.contains(module.key()))
      fresh.emplace_back(module.value(), module.key());
  std::sort(fresh.begin(), fresh.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  for (const auto& [width, module] : fresh) {
    if (static_cast<std::size_t>(m_modules.size()) == kModules) return;
    m_modules.insert(module, static_cast<std::size_t>(m_modules.size()));
  }
}

QColor FlameColours::ofKind(CodeKind kind) const {
  switch (kind) {
    case CodeKind::Program: return m_hues[0];
    case CodeKind::Allocation: return m_hues[1];
    case CodeKind::CppRuntime: return m_hues[2];
    case CodeKind::RustRuntime: return m_hues[3];
    case CodeKind::CLibrary:
    case CodeKind::Loader:
    case CodeKind::Start: break;
  }
  return m_neutral;
}

QColor FlameColours::of(const FunctionLabel& label) const {
  if (m_colouring == FlameColouring::Kind)
    return label.module.isEmpty() && label.isOwn() && label.owner.isEmpty() ? m_neutral : ofKind(label.kind);
  const auto module = m_modules.constFind(label.module);
  return module == m_modules.constEnd() ? m_neutral : m_hues[*module];
}

QColor FlameColours::faded(const QColor& colour) const { return blended(colour, m_base, kFaded); }

QColor FlameColours::textOn(const QColor& colour) {
  return luminance(colour) > kBright ? QColor(Qt::black) : QColor(Qt::white);
}

std::vector<FlameColours::Meaning> FlameColours::legend(const std::vector<FunctionLabel>& shown) const {
  std::vector<Meaning> meanings;
  const auto add = [&meanings](const QColor& colour, const QString& text) {
    const bool isKnown = std::any_of(meanings.begin(), meanings.end(),
                                     [&](const Meaning& meaning) { return meaning.colour == colour; });
    if (!isKnown) meanings.push_back({.colour = colour, .text = text});
  };
  bool hasNeutral = false;
  for (const FunctionLabel& label : shown) {
    const QColor colour = of(label);
    if (colour == m_neutral) {
      hasNeutral = true;
    } else if (m_colouring == FlameColouring::Module) {
      add(colour, oneLine(moduleName(label), 40));
    } else {
      add(colour, label.owner);
    }
  }
  if (hasNeutral)
    add(m_neutral,
        m_colouring == FlameColouring::Module
            ? QCoreApplication::translate("FlameColours", "other modules")
            : QCoreApplication::translate("FlameColours", "the C library, and what starts programs"));
  return meanings;
}

}  // namespace heaptap::gui
