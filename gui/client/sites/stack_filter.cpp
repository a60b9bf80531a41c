// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sites/stack_filter.h"

#include <algorithm>

#include "client/stack_lines.h"
#include "gui/client/sites/name_texts.h"
#include "gui/models/filter/name_match.h"
#include "text/printable.h"

namespace heaptap::gui {

using model::index;
namespace {

using Of = FilterTerm::Of;

/// Whether the name matches as it is shown (readText()).
bool isNameIn(const NameMatch& match, std::string_view name) {
  const bool isPlain = std::all_of(name.begin(), name.end(), [](char c) { return (c & 0x80) == 0; });
  return isPlain ? match.isIn(name) : match.isIn(std::string_view(withoutInvisible(name)));
}

}  // namespace

StackSearch::StackSearch(const client::Profile& profile, const FilterTerm& term) : m_profile(profile) {
  searchNames(NameMatch(term));
  const model::DefinitionsView& definitions = profile.definitions;
  std::vector<std::uint8_t> frames(definitions.frames.size(), 0);
  for (std::size_t frame = 1; frame < frames.size(); ++frame)
    frames[frame] = frameMatches(static_cast<model::FrameId>(frame), 0) ? 1 : 0;
  m_stacks.resize(definitions.stacks.size(), 0);
  for (std::size_t stack = 1; stack < m_stacks.size(); ++stack) {  // A caller has the smaller id.
    const model::StackNode& node = definitions.stacks[stack];
    m_stacks[stack] = frames[index(node.frame)] | m_stacks[index(node.parent)];
  }
}

void StackSearch::searchNames(const NameMatch& match) {
  const model::DefinitionsView& definitions = m_profile.definitions;
  m_functions.resize(definitions.texts.size(), 0);
  m_files.resize(definitions.texts.size(), 0);
  for (std::size_t text = 0; text < definitions.texts.size(); ++text) {
    const std::uint8_t isIn = isNameIn(match, std::string_view(definitions.texts[text])) ? 1 : 0;
    if (match.looksAt(Of::Function)) m_functions[text] = isIn;
    if (match.looksAt(Of::File)) m_files[text] = isIn;
  }
  for (const model::Module& module : definitions.modules)
    m_modules.push_back(match.looksAt(Of::Module) && isNameIn(match, std::string_view(module.path)) ? 1 : 0);
  for (std::size_t heap = 0; heap < definitions.heaps(); ++heap) {
    const QString name = readText(definitions.heapName(static_cast<model::HeapId>(heap))).simplified();
    m_heaps.push_back(match.looksAt(Of::Any) && match.isIn(name) ? 1 : 0);
  }
  m_places.resize(definitions.frames.size(), 0);
  for (std::size_t frame = 1; frame < m_places.size(); ++frame) {
    const auto flags = definitions.frame(static_cast<model::FrameId>(frame)).flags;
    if (match.looksAt(Of::Function) && match.isIn(client::meaningOf(flags))) m_places[frame] = 1;
  }
}

bool StackSearch::frameMatches(model::FrameId id, std::uint32_t firstLine) const {
  const model::Frame& frame = m_profile.definitions.frame(id);
  if (!client::meaningOf(frame.flags).empty()) return m_places[index(id)] != 0;
  if (frame.module != 0 && m_modules[frame.module - 1] != 0) return true;
  const model::FrameNames::Lines lines = m_profile.names->lines(id);
  for (std::uint32_t i = firstLine; i < lines.count; ++i) {
    const model::SymbolLine& line = m_profile.definitions.lines[lines.first + i];
    if ((m_functions[index(line.function)] | m_files[index(line.file)]) != 0) return true;
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

StackFilter::StackFilter(const client::Profile& profile, const SiteFilter& filter) {
  for (const FilterTerm& term : filter.terms())
    if (term.isOfNames()) m_terms.push_back({StackSearch(profile, term), term.isNot});
}

bool StackFilter::passes(model::StackId stack, model::HeapId heap) const {
  return std::all_of(m_terms.begin(), m_terms.end(), [&](const Term& term) {
    return (term.search.matches(heap) || term.search.matches(stack)) != term.isNot;
  });
}

std::vector<model::PairId> pairsThatPass(const client::Profile& profile, const SiteFilter& filter) {
  const StackFilter stacks(profile, filter);
  std::vector<model::PairId> pairs;
  for (std::size_t i = 0; i < profile.definitions.pairs.size(); ++i) {
    const model::Pair& pair = profile.definitions.pairs[i];
    if (filter.passesSize(pair.size) && stacks.passes(pair.stack, pair.heap))
      pairs.push_back(static_cast<model::PairId>(i));
  }
  return pairs;
}

}  // namespace heaptap::gui
