// SPDX-License-Identifier: Apache-2.0
#include "gui/client/stack_search.h"

#include "client/stack_lines.h"

namespace heaptap::gui {

using model::index;

StackSearch::StackSearch(const client::Profile& profile, const QString& text)
    : m_profile(profile), m_text(text) {
  const model::DefinitionsView& definitions = profile.definitions;
  m_texts.reserve(definitions.texts.size());
  for (const std::string& name : definitions.texts) m_texts.push_back(contains(name) ? 1 : 0);
  for (const model::Module& module : definitions.modules) m_modules.push_back(contains(module.path) ? 1 : 0);
  std::vector<std::uint8_t> frames(definitions.frames.size(), 0);
  for (std::size_t frame = 1; frame < frames.size(); ++frame)
    frames[frame] = frameMatches(static_cast<model::FrameId>(frame), 0) ? 1 : 0;
  m_stacks.resize(definitions.stacks.size(), 0);
  for (std::size_t stack = 1; stack < m_stacks.size(); ++stack) {  // A caller has the smaller id.
    const model::StackNode& node = definitions.stacks[stack];
    m_stacks[stack] = frames[index(node.frame)] | m_stacks[index(node.parent)];
  }
}

bool StackSearch::contains(std::string_view name) const {
  return !name.empty() && QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()))
                              .contains(m_text, Qt::CaseInsensitive);
}

bool StackSearch::frameMatches(model::FrameId id, std::uint32_t firstLine) const {
  const model::Frame& frame = m_profile.definitions.frame(id);
  if (const std::string_view meaning = client::meaningOf(frame.flags); !meaning.empty())
    return contains(meaning);
  if (frame.module != 0 && m_modules[frame.module - 1] != 0) return true;
  const model::FrameNames::Lines lines = m_profile.names->lines(id);
  for (std::uint32_t i = firstLine; i < lines.count; ++i) {
    const model::SymbolLine& line = m_profile.definitions.lines[lines.first + i];
    if ((m_texts[index(line.function)] | m_texts[index(line.file)]) != 0) return true;
  }
  return false;
}

bool StackSearch::matches(model::StackId stack) const {
  if (m_stacks[index(stack)] == 0) return false;
  // The allocator's own leading lines are not shown, and so not searched.
  const client::StackStart start = client::startOf(m_profile, stack);
  if (start.stack == model::StackId{}) return false;
  const model::StackNode& node = m_profile.definitions.stack(start.stack);
  return frameMatches(node.frame, start.line) || m_stacks[index(node.parent)] != 0;
}

std::vector<model::PairId> pairsWith(const client::Profile& profile, const QString& text) {
  const StackSearch search(profile, text);
  std::vector<model::PairId> pairs;
  for (std::size_t i = 0; i < profile.definitions.pairs.size(); ++i)
    if (search.matches(profile.definitions.pairs[i].stack)) pairs.push_back(static_cast<model::PairId>(i));
  return pairs;
}

std::vector<model::PairId> mallocPairsWith(const client::Profile& profile, const QString& text) {
  std::vector<model::PairId> pairs;
  if (!text.isEmpty()) {
    pairs = pairsWith(profile, text);
  } else {
    for (std::size_t i = 0; i < profile.definitions.pairs.size(); ++i)
      pairs.push_back(static_cast<model::PairId>(i));
  }
  std::erase_if(
      pairs, [&](model::PairId pair) { return profile.definitions.pair(pair).heap != model::kMallocHeap; });
  return pairs;
}

}  // namespace heaptap::gui
