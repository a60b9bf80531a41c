// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace heaptap {

/// What kind of thing went wrong. The command line has one exit code for each (docs/exit-codes.md),
/// the service one gRPC status.
enum class Code {
  Internal,        ///< A bug in heaptap, or a system call that "cannot fail" did.
  Usage,           ///< The caller asked for something that makes no sense.
  NotFound,        ///< No such file, session or command.
  AlreadyExists,   ///< Would overwrite something.
  NotPermitted,    ///< The system refuses: permissions, a socket of another user.
  NotWritable,     ///< The output folder or file cannot be written.
  StorageFull,     ///< The disk, or the quota given, is full.
  NotASession,     ///< The file exists and is something else.
  SchemaTooNew,    ///< Written by another heaptap: a newer one, or one from before the format was settled.
  ProtocolTooNew,  ///< The peer speaks a newer version than this one.
  Corrupt,         ///< The input breaks its own rules.
  CannotTrace,     ///< The command can run, but not be profiled.
  CannotExecute,   ///< The command exists, but cannot run.
  Unavailable,     ///< The peer does not answer.
};

/// The word for a code between programs of heaptap, "NotFound", and back; none for a word of another version.
[[nodiscard]] std::string_view nameOf(Code code);
[[nodiscard]] std::optional<Code> codeNamed(std::string_view name);

/// One error for one line: what happened, where, and what to do about it.
struct Error {
  Code code = Code::Internal;
  std::string where;   ///< The file, address or command concerned; may be empty.
  std::string what;    ///< What was found, and what was expected.
  std::string remedy;  ///< What the reader can do; may be empty.
  /// The same may succeed when it is tried again: a peer did not answer in time, or has gone.
  bool isPassing = false;

  /// `WHERE: WHAT; REMEDY`, without a line end.
  [[nodiscard]] std::string line() const;
};

template <class T>
using Result = tl::expected<T, Error>;

/// Shorthand for `return failure(Code::…, where, what, remedy);` in a function that returns a Result.
[[nodiscard]] tl::unexpected<Error> failure(Code code, std::string where, std::string what,
                                            std::string remedy = {});

/// The same with the text of the current `errno` appended to `what`. Reads errno first of all.
[[nodiscard]] tl::unexpected<Error> systemFailure(Code code, std::string where, std::string what,
                                                  std::string remedy = {});

}  // namespace heaptap
