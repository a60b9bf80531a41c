// SPDX-License-Identifier: Apache-2.0
#include "gui/views/flame_graph/flame_colours.h"

#include <QCoreApplication>
#include <algorithm>

#include "gui/models/trees/tree_text.h"
#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

class FlameColoursText {
  Q_DECLARE_TR_FUNCTIONS(FlameColours)
};

}  // namespace

void FlameColours::setPalette(const QPalette& palette) {
  m_hues = Hues(palette);
  const Colours colours = Colours::of(palette);
  m_growth = colours.growth;
  m_shrinkage = colours.shrinkage;
}

QColor FlameColours::ofChange(quint64 before, quint64 now) const {
  if (before == now) return neutral();
  constexpr double kLeastChange = 0.25;  // What has changed at all is told from what has not.
  const double larger = static_cast<double>(std::max(before, now));
  const double share = static_cast<double>(std::max(before, now) - std::min(before, now)) / larger;
  return blended(now > before ? m_growth : m_shrinkage, neutral(), kLeastChange + (1 - kLeastChange) * share);
}

std::vector<Meaning> FlameColours::legendOfChange() const {
  return {{.colour = m_growth, .text = FlameColoursText::tr("grew since A")},
          {.colour = m_shrinkage, .text = FlameColoursText::tr("shrank")},
          {.colour = neutral(), .text = FlameColoursText::tr("the same")}};
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
    case CodeKind::Program: return m_hues.at(0);
    case CodeKind::Allocation: return m_hues.at(1);
    case CodeKind::CppRuntime: return m_hues.at(2);
    case CodeKind::RustRuntime: return m_hues.at(3);
    case CodeKind::Listed: return m_hues.at(4);
    case CodeKind::CLibrary:
    case CodeKind::Loader:
    case CodeKind::Start: break;
  }
  return m_hues.neutral();
}

QColor FlameColours::of(const FunctionLabel& label) const {
  if (m_colouring == FlameColouring::Kind)
    return label.module.isEmpty() && label.isOwn() && label.owner.isEmpty() ? neutral() : ofKind(label.kind);
  const auto module = m_modules.constFind(label.module);
  return module == m_modules.constEnd() ? neutral() : m_hues.at(*module);
}

std::vector<Meaning> FlameColours::legend(const std::vector<FunctionLabel>& shown) const {
  std::vector<Meaning> meanings;
  const auto add = [&meanings](const QColor& colour, const QString& text) {
    const bool isKnown = std::any_of(meanings.begin(), meanings.end(),
                                     [&](const Meaning& meaning) { return meaning.colour == colour; });
    if (!isKnown) meanings.push_back({.colour = colour, .text = text});
  };
  bool hasNeutral = false;
  for (const FunctionLabel& label : shown) {
    const QColor colour = of(label);
    if (colour == neutral()) {
      hasNeutral = true;
    } else if (m_colouring == FlameColouring::Module) {
      add(colour, oneLine(moduleName(label), 40));
    } else {
      add(colour, label.owner);
    }
  }
  if (hasNeutral)
    add(neutral(), m_colouring == FlameColouring::Module
                       ? FlameColoursText::tr("other modules")
                       : FlameColoursText::tr("the C library, and what starts programs"));
  return meanings;
}

}  // namespace heaptap::gui
