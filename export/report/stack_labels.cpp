// SPDX-License-Identifier: Apache-2.0
#include "export/report/stack_labels.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "export/report/stack_text.h"
#include "text/printable.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

/// A name that is cut further says nothing.
constexpr std::size_t kLeastLabelColumns = 24;

struct Stack {
  model::StackId id{};
  std::vector<client::StackLine> lines;
};

/// `parse.cpp:12`; empty: not known.
std::string placeOf(const Stack& stack, std::size_t depth) {
  if (depth >= stack.lines.size()) return {};
  const client::StackLine& line = stack.lines[depth];
  if (line.file.empty() || line.line == 0) return {};
  return printable(line.file.substr(line.file.rfind('/') + 1)) + ":" + std::to_string(line.line);
}

/// The innermost depth at which all of them have places, and all others. None: there is no such depth.
std::optional<std::size_t> tellingDepth(const std::vector<Stack>& stacks) {
  std::size_t deepest = 0;
  for (const Stack& stack : stacks) deepest = std::max(deepest, stack.lines.size());
  for (std::size_t depth = 0; depth < deepest; ++depth) {
    std::set<std::string> places;
    for (const Stack& stack : stacks) {
      std::string place = placeOf(stack, depth);
      if (place.empty() || !places.insert(std::move(place)).second) break;
    }
    if (places.size() == stacks.size()) return depth;
  }
  return std::nullopt;
}

}  // namespace

StackLabels::StackLabels(StackFolder& folder, NameStyle style, std::size_t columns,
                         std::span<const model::StackId> stacks) {
  std::map<std::string, std::vector<Stack>> byText;
  for (const model::StackId id : stacks) {
    if (m_labels.contains(id)) continue;
    Stack stack{.id = id, .lines = folder.labelLines(id)};
    std::string text = stackLabel(stack.lines, style, columns);
    byText[text].push_back(std::move(stack));
    m_labels.emplace(id, std::move(text));
  }
  for (const auto& [text, same] : byText) {
    if (same.size() == 1) continue;
    const auto depth = tellingDepth(same);
    for (const Stack& stack : same) {
      const std::string suffix =
          depth ? " (" + placeOf(stack, *depth) + ")" : " (stack " + std::to_string(index(stack.id)) + ")";
      const std::size_t used = std::min(width(suffix), columns - std::min(columns, kLeastLabelColumns));
      m_labels[stack.id] = stackLabel(stack.lines, style, columns - used) + suffix;
    }
  }
  // What was cut may have become equal.
  std::map<std::string, std::size_t> times;
  for (const auto& [id, label] : m_labels) ++times[label];
  for (auto& [id, label] : m_labels)
    if (times[label] > 1) label += " (stack " + std::to_string(index(id)) + ")";
}

ShownStacks::ShownStacks(StackFolder& folder, NameStyle style, std::size_t indent,
                         std::span<const model::StackId> stacks) {
  for (const model::StackId id : stacks) {
    const auto [shown, isNew] = m_texts.try_emplace(id);
    if (!isNew) continue;
    shown->second = stackText(folder.fold(id, {}).lines, style, indent);
    ++m_times[shown->second];
  }
}

std::string ShownStacks::distinction(model::StackId stack) const {
  return m_times.at(of(stack)) == 1 ? std::string() : ", stack " + std::to_string(index(stack));
}

}  // namespace heaptap::exporting
