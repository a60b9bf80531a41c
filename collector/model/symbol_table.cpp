// SPDX-License-Identifier: Apache-2.0
#include "collector/model/symbol_table.h"

#include <algorithm>
#include <utility>

namespace heaptap::model {

TextId SymbolTable::addText(std::string text) {
  m_texts.push_back(std::move(text));
  return static_cast<TextId>(m_texts.size() - 1);
}

void SymbolTable::name(FrameId frame, std::span<const SymbolLine> lines) {
  if (m_ranges.size() <= index(frame)) {
    m_ranges.resize(std::max(index(frame) + 1, m_ranges.size() * 2));
  }
  m_ranges[index(frame)] = {static_cast<std::uint32_t>(m_lines.size()),
                            static_cast<std::uint32_t>(lines.size())};
  m_lines.insert(m_lines.end(), lines.begin(), lines.end());
}

std::span<const SymbolLine> SymbolTable::lines(FrameId frame) const {
  if (index(frame) >= m_ranges.size()) return {};
  const Range range = m_ranges[index(frame)];
  return std::span(m_lines).subspan(range.first, range.count);
}

}  // namespace heaptap::model
