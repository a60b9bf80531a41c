// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/comparison/unnamed_functions.h"
#include "client/profile.h"

namespace heaptap::analysis {

/// The stacks of any number of sessions, told apart by what other builds of the same program have in common:
/// functions by name and module, without addresses and lines. An inlined function stands where it would be
/// called; one that calls itself directly is there once; the allocator's own are left out. Lambdas of one
/// function are told apart where their order can be (UnnamedFunctions).
///
///     session 1: stack 17  parse+0x10 ◄ main+0x08 ─┐
///     session 2: stack 40  parse+0x33 ◄ main+0x70 ─┴► node 5: parse ◄ main
///
/// Threads: one at a time; any once all sessions are added.
class CommonStacks {
 public:
  struct Function {
    std::string name;        ///< Canonical; empty: the code has no name.
    std::string module;      ///< Likewise; empty: the program itself, or none.
    bool isProgram = false;  ///< Of the executable itself, whatever that is called.
    std::uint32_t family =
        0;  ///< Functions that differ in template arguments and parameters only have the same.
  };
  struct Node {
    std::uint32_t parent = 0;
    std::uint32_t function = 0;
  };
  static constexpr std::uint32_t kRoot = 0;        ///< The empty stack.
  static constexpr std::uint32_t kNoFunction = 0;  ///< Of the root: a stack without any line is its own.

  CommonStacks();

  /// The node of each of the profile's stacks, by StackId. `ordinals`: of its lambdas, see UnnamedFunctions.
  /// Cost: of each name once, and of each stack.
  [[nodiscard]] std::vector<std::uint32_t> add(const client::Profile& profile,
                                               const UnnamedFunctions::Ordinals& ordinals = {});

  /// A parent before its children.
  [[nodiscard]] const std::vector<Node>& nodes() const { return m_nodes; }
  [[nodiscard]] const std::vector<Function>& functions() const { return m_functions; }
  [[nodiscard]] std::uint32_t families() const { return static_cast<std::uint32_t>(m_families.size()); }
  /// The functions of a node, innermost first.
  [[nodiscard]] std::vector<std::uint32_t> pathOf(std::uint32_t node) const;

 private:
  /// Whether it is the program's, the module, the name.
  using Key = std::pair<std::string, std::string>;

  std::vector<std::uint32_t> functionsOf(const client::Profile& profile,
                                         const UnnamedFunctions::Ordinals& ordinals);
  std::uint32_t functionOf(std::string_view name, const std::string& module, bool isProgram);
  std::uint32_t childOf(std::uint32_t parent, std::uint32_t function);

  std::vector<Node> m_nodes;
  std::vector<Function> m_functions;
  absl::flat_hash_map<Key, std::uint32_t> m_functionIds;
  absl::flat_hash_map<Key, std::uint32_t> m_families;
  absl::flat_hash_map<std::uint64_t, std::uint32_t> m_children;  ///< By parent and function.
};

}  // namespace heaptap::analysis
