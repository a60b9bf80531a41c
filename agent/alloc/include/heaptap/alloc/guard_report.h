// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/layout.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>

namespace heaptap {

/// What Guarded found wrong with a block.
struct GuardReport {
  enum class Kind {
    Underrun,        ///< Something was written before its beginning.
    Overrun,         ///< Something was written past its end.
    WriteAfterFree,  ///< Something was written into it after its end.
    DoubleFree,      ///< It is ended a second time. Nothing is done.
    WrongLayout,     ///< It is ended with another layout. The one it was allocated with counts.
    NotABlock,       ///< Not of this allocator, or what stood before it is overwritten. Nothing is done.
  };

  Kind kind;
  const void* block;
  Layout allocated;           ///< As it was allocated; `given` where that is not known.
  Layout given;               ///< As the caller describes it; `allocated` where it did not.
  std::ptrdiff_t offset = 0;  ///< Of the first byte that was overwritten, from the block's beginning.
  std::uint8_t expected = 0;  ///< What that byte should be,
  std::uint8_t found = 0;     ///< and what it is.
  std::span<void* const> allocationStack{};  ///< Return addresses, innermost first. Valid during the report.
  std::span<void* const> freeStack{};        ///< Empty while it is live.
};

/// Writes a report as one line. Nothing is allocated.
inline void writeGuardReport(const GuardReport& report) noexcept {
  static constexpr const char* kWhat[] = {"write before the beginning",
                                          "write past the end",
                                          "write after free",
                                          "double free",
                                          "wrong layout",
                                          "not a live block, or overwritten from below"};
  char line[1024];
  std::size_t length = 0;
  const auto append = [&](const char* format, auto... values) {
    const int added = std::snprintf(line + length, sizeof line - length, format, values...);
    if (added > 0) length = std::min(length + static_cast<std::size_t>(added), sizeof line - 2);
  };
  const auto appendStack = [&](const char* title, std::span<void* const> stack) {
    append("%s", stack.empty() ? "" : title);
    for (void* const frame : stack) append(" %p", frame);
  };
  append("heaptap: Guarded: %s: block %p of %zu bytes, alignment %zu", kWhat[static_cast<int>(report.kind)],
         report.block, report.allocated.size(), report.allocated.align());
  if (!(report.given == report.allocated)) {
    append("; ended as %zu bytes, alignment %zu", report.given.size(), report.given.align());
  }
  if (report.expected != report.found) {
    append("; byte %td is 0x%02x, not 0x%02x", report.offset, unsigned{report.found},
           unsigned{report.expected});
  }
  appendStack("; allocated at", report.allocationStack);
  appendStack("; freed at", report.freeStack);
  line[length] = '\n';
  line[length + 1] = '\0';
  std::fputs(line, stderr);
}

}  // namespace heaptap
