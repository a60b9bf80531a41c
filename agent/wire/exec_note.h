// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

/// What the target says of a program that it is about to execute: the part of the shared memory by which the
/// relay tells an exec from an end, and learns of programs that are never recorded. See layout.h.
namespace heaptap::wire {

inline constexpr std::size_t kExecNotes = 64;
inline constexpr std::size_t kExecPathBytes = 232;

enum class ExecState : std::uint32_t {
  Free = 0,     ///< Also set by the relay, once it has dealt with the note.
  Writing = 1,  ///< The target's.
  Begun = 2,    ///< The rest may be read (acquire). The target takes it back when the call fails.
};

inline constexpr std::uint32_t kExecWithoutPreload = 1;  ///< heaptap is not in the environment handed on.

/// For `ExecNote::pid`: of a child that libc makes and never names (system, popen).
inline constexpr std::uint32_t kUnnamedChild = 0xFFFFFFFF;

struct ExecNote {
  std::atomic<std::uint32_t> state;  ///< An ExecState.
  std::atomic<std::uint32_t> pid;    ///< Of whom, in the target's own PID namespace. 0: not yet known.
  std::uint32_t process;             ///< Index of the process that it was, or that it was forked from.
  std::uint32_t flags;               ///< kExec… bits.
  std::uint32_t pathBytes;           ///< 0: unknown.
  std::uint32_t pidNamespace;        ///< Inode of the namespace that `pid` is of; 0: unknown.
  char path[kExecPathBytes];         ///< As it was called; the end of a longer one.
};
static_assert(sizeof(ExecNote) == 256);

}  // namespace heaptap::wire
