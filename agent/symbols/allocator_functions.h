// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace heaptap::symbols {

/// Which functions of one module are the allocator's rather than the program's: the malloc family, operators
/// new and delete, Rust's allocation shims, and what heaptap itself compiles into a program.
///
/// Decided by what identifies a function: its linkage name, which carries language and scope, and for C names
/// the module that defines it. A name that merely looks alike, and the file that an instruction comes from,
/// say nothing: code of an allocator is inlined into the program's own functions.
class AllocatorFunctions {
 public:
  enum class Module {
    Program,
    DefinesMalloc,  ///< The C library, or a program whose malloc is heaptap's (HEAPTAP_ROUTE_MALLOC).
    Heaptap,        ///< One of heaptap's own libraries.
  };

  explicit AllocatorFunctions(Module module) : m_module(module) {}

  [[nodiscard]] bool areAll() const { return m_module == Module::Heaptap; }

  /// `linkageName`: raw, as in a symbol table; `demangled`: the same for people.
  [[nodiscard]] bool contain(std::string_view linkageName, std::string_view demangled) const;

  /// For a C++ function of which only the scopes are known, such as a lambda: `heaptap::Tracing<…>::alloc`.
  [[nodiscard]] static bool containScoped(std::string_view qualified);

  /// For an inlined function of C whose own code is in `file`: those of heaptap.h and heaptap/abi.h.
  [[nodiscard]] static bool containInlined(std::string_view name, std::string_view file);

  /// For an inlined function of Rust of which only the last name is known, as with line-tables-only debug
  /// information. `file`: where its own code is.
  [[nodiscard]] static bool containInlinedRust(std::string_view name, std::string_view file);

 private:
  Module m_module;
};

}  // namespace heaptap::symbols
