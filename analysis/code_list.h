// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/suppressions/text_pattern.h"
#include "base/error.h"

namespace heaptap::analysis {

/// What a user says of code, where ownerOf() would say otherwise. A line is one of
///
///     runtime-function:arena_*      not the program's own: as one says the name, or all of it
///     runtime-module:libpool.so*    the same of a whole binary, by the last part of its path, or all of it
///     own-function:…  own-module:…  the program's own after all
///
/// `*` is any text, `?` any character, as in suppressions of valgrind's. The last line that matches decides.
class CodeList {
 public:
  enum class Of : std::uint8_t { Function, Module };
  struct Line {
    bool isOwn = false;
    Of of = Of::Function;
    std::string name;
  };

  /// `source`: for errors. `#` begins a comment.
  /// Errors: Usage for what is no such line, with its number.
  [[nodiscard]] static Result<CodeList> parse(const std::string& source, std::string_view text);

  /// Whether the code is the program's own; none: no line says. `spoken`: as one says the function's name.
  [[nodiscard]] std::optional<bool> isOwn(std::string_view function, std::string_view spoken,
                                          std::string_view module) const;
  [[nodiscard]] bool empty() const { return m_rules.empty(); }

 private:
  struct Rule {
    bool isOwn;
    Of of;
    TextPattern pattern;
  };
  std::vector<Rule> m_rules;
};

/// A line of such a list for this name, with the end of line.
[[nodiscard]] std::string writtenLine(const CodeList::Line& line);

/// The list that ownerOf() goes by from now on, in all of the process; null: none. Who has asked before keeps
/// the answers. Threads: any.
void useCodeList(std::shared_ptr<const CodeList> list);
[[nodiscard]] std::shared_ptr<const CodeList> codeListInUse();

}  // namespace heaptap::analysis
