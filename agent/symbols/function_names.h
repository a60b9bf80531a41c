// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/symbols/allocator_functions.h"
#include "agent/symbols/die.h"

namespace heaptap::symbols {

/// A function as reports show it.
struct FunctionName {
  std::string text;          ///< Demangled; empty: it has none.
  bool isAllocator = false;  ///< See AllocatorFunctions.
};

/// Full names for function DIEs, each made once.
///
/// Compilers give a linkage name to most C++ and Rust functions; demangled, it says everything. C functions
/// have a plain name. What is left (C++ functions local to a file: static, in an anonymous namespace,
/// lambdas) has neither, and its name is put together from the scopes around it. Several lambdas of one
/// function are numbered in their order: `run(int)::{lambda#2}::operator()`.
class FunctionNames {
 public:
  FunctionNames(Effort& effort, const AllocatorFunctions& allocators)
      : m_effort(effort), m_allocators(allocators) {}

  /// Empty when the DIE has no name at all.
  /// `symbol`: the ELF symbol at the function's code, if known; used, as it has the parameters too, where
  /// the debug information has no linkage name.
  const FunctionName& of(Dwarf_Die& function, std::string_view symbol);

 private:
  /// `nesting`: how many functions the name is already a part of the names of.
  FunctionName make(Dwarf_Die& function, std::string_view symbol, unsigned nesting);
  FunctionName scopesAround(Dwarf_Die& die, unsigned nesting);
  /// The name of a function as a scope. In damaged information it may be a scope of itself: such a name ends
  /// there.
  const FunctionName& ofScope(Dwarf_Die& function, unsigned nesting);
  /// `{lambda}`, or with a number where `container`, a function or a type, has several.
  std::string lambdaName(Dwarf_Die& container, const Dwarf_Die& lambda);
  void collectLambdas(Dwarf_Die& within, std::vector<const void*>& found, unsigned level);
  const std::vector<Dwarf_Die>& children(Dwarf_Die& parent);

  Effort& m_effort;
  const AllocatorFunctions m_allocators;
  std::unordered_map<const void*, FunctionName> m_names;                // By address of the DIE.
  std::unordered_map<const void*, FunctionName> m_scopes;               // Likewise, without a symbol.
  std::unordered_map<const void*, std::vector<Dwarf_Die>> m_children;   // Likewise, of the parent.
  std::unordered_map<const void*, std::vector<const void*>> m_lambdas;  // Likewise, of what they are in.
};

}  // namespace heaptap::symbols
