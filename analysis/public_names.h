// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/suppressions/suppression.h"

namespace heaptap::analysis {

/// Names for a copy of a session that says nothing of the program, by which its leaks are judged all the
/// same: heaptap's own lists know functions, modules and files of runtimes and libraries by their names, and
/// what they know is public. Of a name that matches a list, what the list says is kept, and no more:
/// `g_type_acme` becomes `g_type_function_12`.
///
/// Each function takes a name and what is to stand in its place if it is not known, and returns what does.
/// Different names that are given different substitutes stay different.
/// Threads: any, as it never changes.
class PublicNames {
 public:
  PublicNames();

  [[nodiscard]] std::string function(std::string_view name, const std::string& substitute) const;
  /// Paths; `substitute` is one, too.
  [[nodiscard]] std::string module(std::string_view path, const std::string& substitute) const;
  [[nodiscard]] std::string file(std::string_view path, const std::string& substitute) const;
  /// A module of the system, by its path: no function in it is the program's.
  [[nodiscard]] bool isOfTheSystem(std::string_view module) const;

 private:
  /// What the lists think of a name: by pattern whether it matches, and what else there is to it.
  using Judgement = std::vector<bool>;
  enum class Kind : std::uint8_t { Function, Module, File };
  [[nodiscard]] Judgement judge(Kind kind, std::string_view name) const;
  [[nodiscard]] std::string chosen(Kind kind, std::string_view name, const std::string& substitute,
                                   std::vector<std::string> candidates) const;
  [[nodiscard]] const std::vector<TextPattern>& patternsOf(Kind kind) const;
  /// Of patterns that match `name`: the name itself, where the pattern says all of it, and the pattern with
  /// `stem` in place of its last `*` (`root` in place of one at its start).
  void addFilled(Kind kind, std::string_view name, const std::string& root, const std::string& stem,
                 std::vector<std::string>& candidates) const;

  std::vector<TextPattern> m_functions;
  std::vector<TextPattern> m_modules;
  std::vector<TextPattern> m_files;
};

}  // namespace heaptap::analysis
