// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/function_names.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "agent/symbols/demangle.h"

namespace heaptap::symbols {
namespace {

const char* linkageName(Dwarf_Die& function) {
  Dwarf_Attribute memory;
  Dwarf_Attribute* attribute = dwarf_attr_integrate(&function, DW_AT_linkage_name, &memory);
  if (attribute == nullptr) attribute = dwarf_attr_integrate(&function, DW_AT_MIPS_linkage_name, &memory);
  return dwarf_formstring(attribute);
}

/// The DIE that carries the plain name: the function itself, or what it is an instance of.
std::optional<Dwarf_Die> namedDie(Dwarf_Die die) {
  for (unsigned step = 0; step < kMaxNesting; ++step) {
    if (ownString(die, DW_AT_name) != nullptr) return die;
    const auto origin = originOf(die);
    if (!origin) return std::nullopt;
    die = *origin;
  }
  return std::nullopt;
}

/// Whether names of this language are flat: the plain name is the whole name.
bool isFlatLanguage(Dwarf_Die& die) {
  Dwarf_Die unit;
  if (dwarf_diecu(&die, &unit, nullptr, nullptr) == nullptr) return true;
  switch (dwarf_srclang(&unit)) {
    case DW_LANG_C89:
    case DW_LANG_C:
    case DW_LANG_C99:
    case DW_LANG_C11:
    case DW_LANG_ObjC:
    case DW_LANG_UPC:
    case DW_LANG_Cobol74:
    case DW_LANG_Cobol85:
    case DW_LANG_Fortran77:
    case DW_LANG_Pascal83:
    case DW_LANG_Mips_Assembler: return true;
    default: return false;
  }
}

constexpr const char* kLambda = "{lambda}";

/// How a namespace or type shows in the names of what it contains; empty for other DIEs.
std::string scopeName(Dwarf_Die& die) {
  const char* const name = ownString(die, DW_AT_name);
  switch (dwarf_tag(&die)) {
    case DW_TAG_namespace: return name != nullptr ? name : "(anonymous namespace)";
    case DW_TAG_class_type:
    case DW_TAG_structure_type: return name != nullptr ? name : kLambda;  // What else has members there?
    case DW_TAG_union_type:
    case DW_TAG_enumeration_type:
    case DW_TAG_module: return name != nullptr ? name : "{unnamed}";
    default: return {};
  }
}

std::string_view withoutTemplateArguments(std::string_view name) {
  return name.starts_with("operator") ? name : name.substr(0, name.find('<'));
}

}  // namespace

const FunctionName& FunctionNames::of(Dwarf_Die& function, std::string_view symbol) {
  const auto [entry, isNew] = m_names.try_emplace(function.addr);
  if (isNew) entry->second = make(function, symbol, 0);
  return entry->second;
}

FunctionName FunctionNames::make(Dwarf_Die& function, std::string_view symbol, unsigned nesting) {
  if (const char* const linkage = linkageName(function)) {
    std::string text = demangle(linkage);
    const bool isAllocator = m_allocators.contain(linkage, text);
    return {std::move(text), isAllocator};
  }
  auto named = namedDie(function);
  if (!named) return {{}, m_allocators.areAll()};
  const char* const name = ownString(*named, DW_AT_name);
  if (isFlatLanguage(*named)) return {name, m_allocators.contain(name, name)};
  if (!symbol.empty()) {
    // The symbol may be an alias of another name: it counts only when it has the function's name in it.
    const std::string full = withoutCloneMarks(demangle(std::string(symbol).c_str()));
    if (full.find(withoutTemplateArguments(name)) != std::string::npos) {
      const bool isMangled = symbol.starts_with('_') && full != symbol;  // Else extern "C".
      return {isMangled ? full : name, m_allocators.contain(symbol, full)};
    }
  }
  FunctionName scoped = scopesAround(*named, nesting);
  scoped.text += name;
  scoped.isAllocator |= m_allocators.areAll() || AllocatorFunctions::containScoped(scoped.text);
  return scoped;
}

const FunctionName& FunctionNames::ofScope(Dwarf_Die& function, unsigned nesting) {
  const auto [entry, isNew] = m_scopes.try_emplace(function.addr);
  FunctionName& name = entry->second;  // It stays where it is while others are added.
  if (isNew && nesting < kMaxNesting) name = make(function, {}, nesting + 1);
  return name;
}

FunctionName FunctionNames::scopesAround(Dwarf_Die& die, unsigned nesting) {
  FunctionName path;
  Dwarf_Die scope;
  if (dwarf_diecu(&die, &scope, nullptr, nullptr) == nullptr) return path;
  Dwarf_Die container =
      scope;  // What lambdas are numbered in: a function with its blocks, a type, a namespace.
  // DIEs lie in the order of a preorder walk: the ancestor on each level is the last child that begins at
  // or before the one looked for.
  for (unsigned level = 0; level < kMaxNesting; ++level) {
    const auto& inner = children(scope);
    auto next = std::upper_bound(inner.begin(), inner.end(), die.addr,
                                 [](const void* addr, const Dwarf_Die& child) { return addr < child.addr; });
    if (next == inner.begin() || (--next)->addr == die.addr) break;
    scope = *next;
    if (dwarf_tag(&scope) == DW_TAG_subprogram) {  // Complete in itself.
      path = ofScope(scope, nesting);
      if (!path.text.empty()) path.text += "::";
    }
    std::string name = scopeName(scope);
    if (name == kLambda) name = lambdaName(container, scope);
    if (!name.empty()) path.text += name + "::";
    if (!name.empty() || dwarf_tag(&scope) == DW_TAG_subprogram) container = scope;
  }
  return path;
}

std::string FunctionNames::lambdaName(Dwarf_Die& container, const Dwarf_Die& lambda) {
  const auto [entry, isNew] = m_lambdas.try_emplace(container.addr);
  if (isNew) {
    std::vector<const void*> found;
    collectLambdas(container, found, 0);
    entry->second = std::move(found);
  }
  const std::vector<const void*>& all = entry->second;
  // A preorder walk: in the order of their addresses.
  const auto at = std::lower_bound(all.begin(), all.end(), lambda.addr, std::less<>());
  if (all.size() < 2 || at == all.end() || *at != lambda.addr) return kLambda;
  return "{lambda#" + std::to_string(at - all.begin() + 1) + "}";
}

void FunctionNames::collectLambdas(Dwarf_Die& within, std::vector<const void*>& found, unsigned level) {
  for (Dwarf_Die child : children(within)) {
    const int tag = dwarf_tag(&child);
    if (tag == DW_TAG_lexical_block && level < kMaxNesting) {
      collectLambdas(child, found, level + 1);
      continue;
    }
    if (scopeName(child) != kLambda) continue;
    // Other types without a name have members, but are not called.
    const auto& members = children(child);
    if (std::any_of(members.begin(), members.end(), [](Dwarf_Die member) {
          const char* const name = ownString(member, DW_AT_name);
          return name != nullptr && std::string_view(name) == "operator()";
        }))
      found.push_back(child.addr);
  }
}

const std::vector<Dwarf_Die>& FunctionNames::children(Dwarf_Die& parent) {
  const auto [entry, isNew] = m_children.try_emplace(parent.addr);
  if (isNew) {
    forEachChild(parent, m_effort, [this, &list = entry->second](Dwarf_Die& child) {
      list.push_back(child);
      return m_effort.spend(Effort::kKeep);
    });
  }
  return entry->second;
}

}  // namespace heaptap::symbols
