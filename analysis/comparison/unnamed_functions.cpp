// SPDX-License-Identifier: Apache-2.0
#include "analysis/comparison/unnamed_functions.h"

#include <algorithm>
#include <string_view>

#include "analysis/comparison/canonical_name.h"
#include "analysis/comparison/common_modules.h"
#include "client/stack_lines.h"

namespace heaptap::analysis {
namespace {

bool isNumeral(char c) { return c >= '0' && c <= '9'; }

/// Before `{lambda(int)#10}` comes `{lambda(int)#9}`.
bool isNumberedBefore(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t k = 0;
  while (i < a.size() && k < b.size()) {
    if (!isNumeral(a[i]) || !isNumeral(b[k])) {
      if (a[i] != b[k]) return a[i] < b[k];
      ++i;
      ++k;
      continue;
    }
    while (i < a.size() && a[i] == '0') ++i;
    while (k < b.size() && b[k] == '0') ++k;
    const auto numeral = [](std::string_view text, std::size_t at) {
      std::size_t end = at;
      while (end < text.size() && isNumeral(text[end])) ++end;
      return text.substr(at, end - at);
    };
    const std::string_view left = numeral(a, i);
    const std::string_view right = numeral(b, k);
    if (left.size() != right.size()) return left.size() < right.size();
    if (left != right) return left < right;
    i += left.size();
    k += right.size();
  }
  return a.size() - i < b.size() - k;
}

std::string withoutNumerals(std::string text) {
  std::erase_if(text, isNumeral);
  return text;
}

/// An inlined function has no parameters in its name.
std::string_view withoutParameters(std::string_view name) {
  constexpr std::string_view kCall = "::operator()";
  const std::size_t call = name.rfind(kCall);
  return call == std::string_view::npos ? name : name.substr(0, call + kCall.size());
}

/// GCC's debug information has lambdas without a name, which get a number here; its symbols number those of
/// each signature.
bool isOfDebugInformation(std::string_view parts) {
  return parts.find("{lambda#") != std::string_view::npos || parts.find("{lambda}") != std::string_view::npos;
}

}  // namespace

void UnnamedFunctions::add(const client::Profile& profile) {
  const CommonModules modules(profile);
  const std::size_t session = m_sessions++;
  absl::flat_hash_map<client::FunctionId, Lambda*> lambdas;
  for (std::uint32_t i = 0; i < profile.names->functionCount(); ++i) {
    const auto id = static_cast<client::FunctionId>(i);
    const client::Function& function = profile.names->function(id);
    const std::string_view name = client::nameOf(profile.definitions, function);
    if (name.find_first_of("{$'") == std::string_view::npos) continue;
    const std::string parts = unnamedParts(name);
    if (parts.empty()) continue;
    const CommonModules::Module& module = modules.of(function.module);
    // No path of a module contains a NUL.
    const std::string place = module.isProgram ? std::string(1, '\0') : module.name;
    auto& group = m_groups[{place, std::string(withoutParameters(canonicalName(name)))}];
    const bool isDebug = isOfDebugInformation(parts);
    auto alike = std::find_if(group.begin(), group.end(), [&](const Alike& known) {
      return known.session == session && isOfDebugInformation(known.lambdas.begin()->first) == isDebug;
    });
    if (alike == group.end()) alike = group.insert(group.end(), {.session = session, .lambdas = {}});
    Lambda& lambda = alike->lambdas[parts];
    lambda.functions.push_back(id);
  }
  for (auto& [key, group] : m_groups)
    for (Alike& alike : group)
      if (alike.session == session && alike.lambdas.size() > 1)
        for (auto& [parts, lambda] : alike.lambdas)
          for (const client::FunctionId id : lambda.functions) lambdas[id] = &lambda;
  if (!lambdas.empty()) addLines(profile, lambdas);
}

void UnnamedFunctions::addLines(const client::Profile& profile,
                                const absl::flat_hash_map<client::FunctionId, Lambda*>& lambdas) {
  for (std::size_t i = 0; i < profile.definitions.frames.size(); ++i) {
    const auto frame = static_cast<model::FrameId>(i);
    const auto functions = profile.names->functions(frame);
    for (std::uint32_t at = 0; at < functions.size(); ++at) {
      const auto found = lambdas.find(functions[at]);
      if (found == lambdas.end()) continue;
      const client::StackLine line = client::lineOf(profile, frame, at);
      Lambda& lambda = *found->second;
      if (line.line == 0 || (lambda.line != 0 && lambda.line <= line.line)) continue;
      lambda.line = line.line;
      lambda.file = line.file;
    }
  }
}

/// Puts lambdas in the order of the source. Returns false where it is not known.
bool UnnamedFunctions::order(const Lambdas& lambdas, std::vector<const Lambda*>& ordered) {
  std::vector<Lambdas::const_iterator> all;
  for (auto at = lambdas.begin(); at != lambdas.end(); ++at) all.push_back(at);
  const auto alike = [&](auto&& of) {
    return std::all_of(all.begin(), all.end(), [&](auto at) { return of(at) == of(all.front()); });
  };
  std::sort(all.begin(), all.end(), [](auto a, auto b) { return a->second.line < b->second.line; });
  const bool areLinesKnown =
      all.front()->second.line != 0 && alike([](auto at) { return at->second.file; }) &&
      std::adjacent_find(all.begin(), all.end(),
                         [](auto a, auto b) { return a->second.line == b->second.line; }) == all.end();
  if (!areLinesKnown) {
    // Those of one signature are numbered in their order.
    if (!alike([](auto at) { return withoutNumerals(at->first); })) return false;
    std::sort(all.begin(), all.end(), [](auto a, auto b) { return isNumberedBefore(a->first, b->first); });
  }
  for (const auto at : all) ordered.push_back(&at->second);
  return true;
}

std::vector<UnnamedFunctions::Ordinals> UnnamedFunctions::ordinals() const {
  std::vector<Ordinals> ordinals(m_sessions);
  for (const auto& [key, group] : m_groups) {
    const std::size_t count = group.front().lambdas.size();
    if (count < 2 || !std::all_of(group.begin(), group.end(),
                                  [&](const Alike& alike) { return alike.lambdas.size() == count; }))
      continue;
    std::vector<std::vector<const Lambda*>> ordered(group.size());
    bool isKnown = true;
    for (std::size_t i = 0; i < group.size(); ++i) isKnown = isKnown && order(group[i].lambdas, ordered[i]);
    if (!isKnown) continue;
    for (std::size_t i = 0; i < group.size(); ++i)
      for (std::uint32_t k = 0; k < count; ++k)
        for (const client::FunctionId id : ordered[i][k]->functions) ordinals[group[i].session][id] = k + 1;
  }
  return ordinals;
}

}  // namespace heaptap::analysis
