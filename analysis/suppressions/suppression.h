// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/suppressions/text_pattern.h"

namespace heaptap::analysis {

/// What one line of a stack must be.
struct FrameRule {
  enum class Of : std::uint8_t {
    AnyFrames,  ///< `...`: none, one or more lines of any kind.
    Function,
    Object,  ///< The module's path.
    Source,  ///< The source file, or its last part.
    Any,     ///< Function, source file or module: LeakSanitizer's.
  };
  Of of = Of::AnyFrames;
  std::vector<TextPattern> patterns = {};  ///< One of them must match.
  std::uint32_t line = 0;                  ///< Of a source; 0: any.
};

/// Stacks that are to be left out, or that are known: those that begin, innermost line first, with these
/// lines. The innermost line of all is the entry point that allocated: malloc, calloc, _Znwm, …
struct Suppression {
  std::string source;      ///< The file, as it was named; of a built-in one the list's name.
  std::uint32_t line = 0;  ///< Where it begins in that.
  std::string name;
  std::vector<FrameRule> frames;

  bool isBuiltIn = false;
  // Of built-in ones, which know what is kept on purpose:
  bool isMarker = false;    ///< Leaves nothing out: only says that there is such a leak.
  std::string unless = {};  ///< A marker: where there is such a leak, this one is not meant. Empty: none.
  std::uint64_t mostBlocks = 0;  ///< More than these are no longer kept on purpose. 0: any number is.
  bool isNeverFreed = false;     ///< Only sites of which nothing was freed.
  bool skipsTheProgram = false;  ///< `...` passes functions of the executable too.
};

}  // namespace heaptap::analysis
