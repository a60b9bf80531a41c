// SPDX-License-Identifier: Apache-2.0
#include "analysis/public_names.h"

#include <algorithm>
#include <utility>

#include "analysis/leaks/made_once.h"
#include "analysis/own_code.h"
#include "analysis/suppressions/suppressions.h"
#include "text/function_name.h"

namespace heaptap::analysis {
namespace {

std::string_view lastPart(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// What says nothing: versions, and parameters that there are none of.
bool saysNothing(std::string_view text) {
  for (const std::string_view architecture : {"-x86-64", "-aarch64", "-x86_64"})
    if (text.starts_with(architecture)) text.remove_prefix(architecture.size());
  if (text.starts_with(".so")) text.remove_prefix(3);
  return text.find_first_not_of("0123456789.()") == std::string_view::npos;
}

/// The pattern says all of `name`: there is nothing but a version in place of its only `*`, at the end.
bool saysAll(std::string_view pattern, std::string_view name) {
  if (pattern == name) return true;
  if (!pattern.ends_with('*')) return false;
  pattern.remove_suffix(1);
  return pattern.find_first_of("*?") == std::string_view::npos && name.starts_with(pattern) &&
         saysNothing(name.substr(pattern.size()));
}

/// `std::vector<…>::push_back` with the substitute in place of the arguments, which are the program's.
void addTemplate(const std::string& spoken, const std::string& substitute,
                 std::vector<std::string>& candidates) {
  constexpr std::string_view kArguments = "<…>";
  const bool isPublic = spoken.starts_with("std::") || spoken.starts_with("__gnu_cxx::") ||
                        spoken.starts_with("alloc::") || spoken.starts_with("core::") ||
                        spoken.starts_with("hashbrown::");
  const auto arguments = spoken.find(kArguments);
  // What is in other brackets, or behind a blank, may be the program's, too.
  if (!isPublic || arguments == std::string::npos || spoken.find_first_of("{([ ") != std::string::npos)
    return;
  std::string name = spoken;
  candidates.push_back(name.replace(arguments, kArguments.size(), "<" + substitute + ">"));
}

}  // namespace

PublicNames::PublicNames() {
  using Of = FrameRule::Of;
  for (const Suppression& suppression : builtInSuppressions())
    for (const FrameRule& rule : suppression.frames) {
      auto& patterns = rule.of == Of::Function ? m_functions : rule.of == Of::Object ? m_modules : m_files;
      if (rule.of == Of::AnyFrames) continue;
      for (const TextPattern& pattern : rule.patterns)
        if (!pattern.matchesEverything()) patterns.push_back(pattern);
    }
  for (const std::string_view name : namesOfKnownFunctions())
    m_functions.push_back(TextPattern::glob(std::string(name)));
  for (const std::string_view name : namesOfKnownModules())
    m_modules.push_back(TextPattern::glob("*/" + std::string(name)));
}

const std::vector<TextPattern>& PublicNames::patternsOf(Kind kind) const {
  return kind == Kind::Function ? m_functions : kind == Kind::Module ? m_modules : m_files;
}

PublicNames::Judgement PublicNames::judge(Kind kind, std::string_view name) const {
  Judgement judgement;
  for (const TextPattern& pattern : patternsOf(kind))
    judgement.push_back(pattern.matches(name) || (kind == Kind::File && pattern.matches(lastPart(name))));
  const auto addOwner = [&judgement](CodeOwner owner) {
    for (const CodeOwner each : {CodeOwner::Allocation, CodeOwner::CLibrary, CodeOwner::CppRuntime,
                                 CodeOwner::RustRuntime, CodeOwner::Loader, CodeOwner::Start})
      judgement.push_back(owner == each);
  };
  switch (kind) {
    case Kind::Function:
      addOwner(ownerOf(name, {}, {}));
      addOwner(ownerOf(name, {}, "file.rs"));
      judgement.push_back(makesASingleton(name));
      judgement.push_back(isStaticInitializer(name));
      break;
    case Kind::Module: addOwner(ownerOf("function", name, {})); break;
    case Kind::File: addOwner(ownerOf("function", {}, name)); break;
  }
  return judgement;
}

void PublicNames::addFilled(Kind kind, std::string_view name, const std::string& root,
                            const std::string& stem, std::vector<std::string>& candidates) const {
  for (const TextPattern& pattern : patternsOf(kind)) {
    if (!pattern.matches(name)) continue;
    std::string_view glob = pattern.text();
    std::string filled;
    if (!root.empty() && glob.starts_with("*/")) {
      filled = root;
      glob.remove_prefix(1);
      const std::string_view last = lastPart(name);
      if (saysAll(glob.substr(1), last)) candidates.push_back(root + "/" + std::string(last));
    } else if (saysAll(glob, name)) {
      candidates.emplace_back(name);
    }
    const std::size_t star = glob.rfind('*', glob.size() > 1 ? glob.size() - 2 : 0);
    const std::size_t place = star == std::string_view::npos ? glob.find('*') : star;
    for (std::size_t i = 0; i < glob.size(); ++i)
      filled += glob[i] != '*' ? std::string(1, glob[i]) : i == place ? stem : std::string();
    candidates.push_back(std::move(filled));
  }
}

std::string PublicNames::chosen(Kind kind, std::string_view name, const std::string& substitute,
                                std::vector<std::string> candidates) const {
  const Judgement wanted = judge(kind, name);
  if (judge(kind, substitute) == wanted) return substitute;
  const std::string* best = nullptr;
  std::ptrdiff_t most = 0;
  for (const std::string& candidate : candidates) {
    const Judgement judgement = judge(kind, candidate);
    if (judgement == wanted) return candidate;
    // As much as can be had; what the name itself is not known for would be a lie.
    bool isMore = false;
    std::ptrdiff_t same = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      isMore = isMore || (judgement[i] && !wanted[i]);
      same += judgement[i] && wanted[i] ? 1 : 0;
    }
    if (isMore || same <= most) continue;
    best = &candidate;
    most = same;
  }
  return best != nullptr ? *best : substitute;
}

std::string PublicNames::function(std::string_view name, const std::string& substitute) const {
  name = name.substr(0, kLongestName);
  std::vector<std::string> candidates;
  const std::string spoken = spokenFunctionName(name);
  addTemplate(spoken, substitute, candidates);
  addFilled(Kind::Function, name, {}, substitute, candidates);
  if (spoken != name) addFilled(Kind::Function, spoken, {}, substitute, candidates);
  if (makesASingleton(name))
    for (const std::string_view each : namesOfSingletons())
      candidates.push_back(substitute + "::" + std::string(each));
  if (isStaticInitializer(name))
    for (const char* prefix :
         {"_GLOBAL__sub_I_", "__static_initialization_and_destruction_0_", "__cxx_global_var_init_"})
      candidates.push_back(prefix + substitute);
  for (const char* operators : {"::operator new", "::operator new[]"})
    candidates.push_back(substitute + operators);
  for (const char* crate : {"alloc::", "core::", "std::"}) candidates.push_back(crate + substitute);
  return chosen(Kind::Function, name, substitute, std::move(candidates));
}

std::string PublicNames::module(std::string_view path, const std::string& substitute) const {
  path = path.substr(0, kLongestName);
  if (path == "[vdso]") return std::string(path);
  std::vector<std::string> candidates;
  const std::string folder = substitute.substr(0, substitute.rfind('.'));
  addFilled(Kind::Module, path, folder, std::string(lastPart(folder)), candidates);
  return chosen(Kind::Module, path, substitute, std::move(candidates));
}

bool PublicNames::isOfTheSystem(std::string_view module) const {
  const CodeOwner owner = ownerOf("function", module, {});
  if (owner != CodeOwner::CLibrary && owner != CodeOwner::Loader && owner != CodeOwner::CppRuntime)
    return false;
  const std::vector<std::string_view> names = namesOfKnownModules();
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return saysAll(name, lastPart(module)); });
}

std::string PublicNames::file(std::string_view path, const std::string& substitute) const {
  path = path.substr(0, kLongestName);
  const std::string last(lastPart(substitute));
  std::vector<std::string> candidates{"/include/c++/" + last, "/rustc/" + last};
  for (const TextPattern& pattern : m_files)
    if (pattern.onlyName() == lastPart(path)) {
      candidates.push_back(substitute + "/" + std::string(pattern.onlyName()));
      candidates.push_back("/include/c++/" + last + "/" + std::string(pattern.onlyName()));
    }
  return chosen(Kind::File, path, substitute, std::move(candidates));
}

}  // namespace heaptap::analysis
