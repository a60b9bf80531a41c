// SPDX-License-Identifier: Apache-2.0
#include "collector/model/definitions.h"

#include <utility>

namespace heaptap::model {

std::string DefinitionsView::heapName(HeapId heap) const {
  if (heap == kMallocHeap) return {};
  return heap == kMappingsHeap ? "mappings" : heapNames[index(heap) - kFirstNamedHeap];
}

std::vector<NamesMissing> DefinitionsView::namesMissing() const {
  std::vector<NamesMissing> missing(modules.size(), NamesMissing::No);
  for (const ModuleWord& word : moduleWords) missing[word.module] = word.missing;
  return missing;
}

std::vector<std::string_view> DefinitionsView::threadNames() const {
  std::vector<std::string_view> names;
  names.reserve(threads.size());
  for (const Thread& thread : threads) names.emplace_back(thread.name);
  for (const Renaming& renaming : renamings) names[index(renaming.thread)] = renaming.name;
  return names;
}

Definitions::Definitions() {
  m_tables.frames.append({});
  m_tables.stacks.append({});
  m_tables.stackFlags.append(0);
  m_tables.texts.append({});
}

void Definitions::add(StackNode node) {
  const std::uint32_t flags = m_tables.frame(node.frame).flags;
  m_tables.stackFlags.append(static_cast<std::uint8_t>(m_tables.stackFlags[index(node.parent)] | flags));
  m_tables.stacks.append(node);
}

TextId Definitions::addText(std::string text) {
  m_tables.texts.append(std::move(text));
  return static_cast<TextId>(m_tables.texts.size() - 1);
}

void Definitions::name(FrameId frame, std::span<const SymbolLine> lines) {
  m_tables.namings.append({.frame = frame,
                           .firstLine = static_cast<std::uint32_t>(m_tables.lines.size()),
                           .lineCount = static_cast<std::uint32_t>(lines.size())});
  for (const SymbolLine& line : lines) m_tables.lines.append(line);
}

}  // namespace heaptap::model
