// SPDX-License-Identifier: Apache-2.0
#include "analysis/comparison/common_stacks.h"

#include <array>
#include <cstdio>

#include "analysis/comparison/canonical_name.h"
#include "analysis/comparison/common_modules.h"
#include "text/function_name.h"

namespace heaptap::analysis {

using model::index;

CommonStacks::CommonStacks() {
  m_families.try_emplace(Key("", ""), 0);
  m_functions.push_back({});
  m_nodes.push_back({});
}

std::uint32_t CommonStacks::functionOf(std::string_view name, const std::string& module, bool isProgram) {
  // No path of a module contains a NUL.
  const std::string place = isProgram ? std::string(1, '\0') : module;
  const auto [found, isNew] =
      m_functionIds.try_emplace(Key(place, name), static_cast<std::uint32_t>(m_functions.size()));
  if (isNew) {
    const std::string spoken = spokenFunctionName(name);
    const auto family =
        m_families.try_emplace(Key(place, spoken), static_cast<std::uint32_t>(m_families.size()))
            .first->second;
    m_functions.push_back({.name = std::string(name),
                           .module = isProgram ? std::string() : module,
                           .isProgram = isProgram,
                           .family = family});
  }
  return found->second;
}

/// By FunctionId.
std::vector<std::uint32_t> CommonStacks::functionsOf(const client::Profile& profile,
                                                     const UnnamedFunctions::Ordinals& ordinals) {
  const model::DefinitionsView& definitions = profile.definitions;
  const CommonModules modules(profile);
  std::vector<std::uint32_t> functions;
  functions.reserve(profile.names->functionCount());
  for (std::uint32_t i = 0; i < profile.names->functionCount(); ++i) {
    const client::Function& function = profile.names->function(static_cast<client::FunctionId>(i));
    const std::string_view meaning = client::meaningOf(definitions.frame(function.frame).flags);
    // Other builds have other addresses: of places without a name, only the module is in common.
    std::string known =
        !meaning.empty() ? std::string(meaning) : canonicalName(client::nameOf(definitions, function));
    if (const auto ordinal = ordinals.find(static_cast<client::FunctionId>(i)); ordinal != ordinals.end())
      known = withOrdinal(known, ordinal->second);
    const CommonModules::Module& module = meaning.empty() ? modules.of(function.module) : modules.of(0);
    functions.push_back(functionOf(known, module.name, module.isProgram));
  }
  return functions;
}

std::uint32_t CommonStacks::childOf(std::uint32_t parent, std::uint32_t function) {
  const std::uint64_t key = std::uint64_t{parent} << 32 | function;
  const auto [found, isNew] = m_children.try_emplace(key, static_cast<std::uint32_t>(m_nodes.size()));
  if (isNew) m_nodes.push_back({.parent = parent, .function = function});
  return found->second;
}

std::vector<std::uint32_t> CommonStacks::add(const client::Profile& profile,
                                             const UnnamedFunctions::Ordinals& ordinals) {
  const std::vector<std::uint32_t> functions = functionsOf(profile, ordinals);
  const model::DefinitionsView& definitions = profile.definitions;
  std::vector<std::uint32_t> nodeOf(definitions.stacks.size(), kRoot);
  // Later sessions have mostly the same stacks.
  if (m_children.empty()) m_children.reserve(nodeOf.size());
  for (std::size_t i = 1; i < nodeOf.size(); ++i) {
    const model::StackNode& place = definitions.stacks[i];
    std::uint32_t node = nodeOf[index(place.parent)];
    const auto lines = profile.names->functions(place.frame);
    for (std::size_t line = lines.size(); line-- > 0;) {
      if (lines[line] == client::FrameNames::kAllocator) continue;
      const std::uint32_t function = functions[index(lines[line])];
      // The depth of a recursion depends on the data.
      if (m_nodes[node].function != function) node = childOf(node, function);
    }
    nodeOf[i] = node;
  }
  return nodeOf;
}

std::vector<std::uint32_t> CommonStacks::pathOf(std::uint32_t node) const {
  std::vector<std::uint32_t> path;
  for (; node != kRoot; node = m_nodes[node].parent) path.push_back(m_nodes[node].function);
  return path;
}

}  // namespace heaptap::analysis
