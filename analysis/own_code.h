// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "client/profile.h"
#include "client/stack_lines.h"

namespace heaptap::analysis {

/// Whose code a function is.
enum class CodeOwner : std::uint8_t {
  Program,     ///< The program's own, or that of a library which it has chosen.
  Allocation,  ///< A function that allocates on behalf of its caller: xmalloc, g_malloc, …
  CLibrary,
  CppRuntime,   ///< libstdc++, libc++, and the templates of std in the program itself.
  RustRuntime,  ///< std, core and alloc.
  Loader,       ///< ld.so.
  Start,        ///< What calls main and the functions of threads; outside of it is nothing of the program's.
  Listed,       ///< By the user's list (code_list.h): none of the program's.
};

/// As reports call it: "the C library".
[[nodiscard]] std::string_view nameOf(CodeOwner owner);

/// Names by which functions and modules (by the last part of their paths) are known, wherever they are; with
/// `*` at the end: what begins so. Functions as they are said (spokenFunctionName()).
[[nodiscard]] std::vector<std::string_view> namesOfKnownFunctions();
[[nodiscard]] std::vector<std::string_view> namesOfKnownModules();

/// What one function is, told by its name, its module's path and its source file; each may be empty. What the
/// list in use says (code_list.h) comes before what is known here, but for what starts programs.
[[nodiscard]] CodeOwner ownerOf(std::string_view function, std::string_view module, std::string_view file);

/// Whose code the lines of a profile's stacks are. Each function is looked at once, when it is asked for.
/// Owns: a copy of the profile. Threads: one at a time.
class OwnCode {
 public:
  explicit OwnCode(client::Profile profile);

  /// Of line `line` of a frame (client::lineOf). Precondition: `frame` is defined and has that line.
  [[nodiscard]] CodeOwner ownerOf(model::FrameId frame, std::uint32_t line);

  /// The `main` that rustc makes, which calls Rust's library: called main, and without a source.
  [[nodiscard]] bool isMain(model::FrameId frame, std::uint32_t line) const;

  /// A place in a stack.
  struct Place {
    model::StackId stack{};
    std::uint32_t line = 0;
    client::FunctionId function{};

    bool operator==(const Place&) const = default;
  };
  /// The innermost line of a stack that is the program's own. None: it has none.
  [[nodiscard]] std::optional<Place> innermostOwn(model::StackId stack);

  /// The lines of a stack that are the program's own, innermost first, `most` of them at most. Where none is,
  /// those that there are.
  [[nodiscard]] std::vector<client::StackLine> ownLines(model::StackId stack, std::size_t most);

 private:
  static constexpr std::uint8_t kUnknown = 0xFF;

  client::Profile m_profile;
  std::vector<std::uint8_t> m_owners;  ///< By function.
};

}  // namespace heaptap::analysis
