// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>

#include "agent/wire/page.h"

/// What the target registers once and events refer to by number: frames and stacks, then modules. Part of the
/// layout (layout.h).
namespace heaptap::wire {

/// An append-only table of entries with a hash index beside it. An entry's id is its position, so the
/// relay reads new entries in order and needs no message about them. The index is a list of hash tables,
/// each four times as large as the one before; a look-up goes from the newest to the oldest. Two threads
/// may insert the same entry at the same time and get two ids: the relay treats equal entries as one.
struct TableControl {
  std::atomic<std::uint32_t> count;  ///< Entries reserved, the fixed ones included; may exceed the capacity.
  std::atomic<std::uint32_t> newestLevel;  ///< Index level that new look-ups start with.
  std::uint32_t reserved[14];
};
static_assert(sizeof(TableControl) == 64);

/// Where a table lies. Level i of the index has 2^(firstLevelBits + 2 i) slots of 32 bits.
struct TableGeometry {
  std::uint64_t entries;   ///< Offset of the first entry.
  std::uint64_t index;     ///< Offset of index level 0; the others follow without a gap.
  std::uint32_t capacity;  ///< In entries.
  std::uint16_t firstLevelBits;
  std::uint16_t levels;
};

/// A place in the code: a return address, or the interrupted instruction itself.
struct FrameEntry {
  std::uint64_t pc;      ///< Address in the module's file; in the target where there is no module.
  std::uint32_t module;  ///< Index into the module table, kNoModule, or kModuleBeyond.
  std::atomic<std::uint32_t> flags;  ///< kFrame… bits. Written last (release): zero means not yet complete.
};
static_assert(sizeof(FrameEntry) == 16);

inline constexpr std::uint32_t kFrameComplete = 1;  ///< The entry may be read.
inline constexpr std::uint32_t kFrameExactPc =
    2;  ///< pc is an interrupted instruction, not a return address.
inline constexpr std::uint32_t kFrameGuessed = 4;  ///< Reached by following the frame pointer, without CFI.
inline constexpr std::uint32_t kNoModule = 0xFFFF'FFFF;      ///< No module covers pc.
inline constexpr std::uint32_t kModuleBeyond = 0xFFFF'FFFE;  ///< It found no room in the module table.

/// A stack: the frame `frame`, called from the stack `parent`. Parents always have the smaller id.
/// One 64-bit word, written once: zero means not yet complete.
struct NodeEntry {
  std::atomic<std::uint64_t> word;  ///< parent:32 | frame:32

  static constexpr std::uint64_t pack(std::uint32_t parent, std::uint32_t frame) {
    return static_cast<std::uint64_t>(parent) << 32 | frame;
  }
  static constexpr std::uint32_t parent(std::uint64_t w) { return static_cast<std::uint32_t>(w >> 32); }
  static constexpr std::uint32_t frame(std::uint64_t w) { return static_cast<std::uint32_t>(w); }
};
static_assert(sizeof(NodeEntry) == 8);

// Fixed ids, the same in every session.
inline constexpr std::uint32_t kRootNode = 0;      ///< The empty stack.
inline constexpr std::uint32_t kOverflowNode = 1;  ///< The table was full: the stack is unknown.
inline constexpr std::uint32_t kFirstNode = 2;
inline constexpr std::uint32_t kNoFrame = 0;
inline constexpr std::uint32_t kOverflowFrame = 1;  ///< The frame of kOverflowNode.
inline constexpr std::uint32_t kTruncatedFrame =
    2;  ///< Outermost frame of a stack that is deeper than heaptap walks.
inline constexpr std::uint32_t kLostFrame = 3;  ///< Outermost frame of a stack whose walk had to give up.
inline constexpr std::uint32_t kFirstFrame = 4;

// ---- modules ---------------------------------------------------------------------------------------

inline constexpr std::size_t kBuildIdBytes = 32;

/// Which file, as stat(2) has it. All zero: unknown.
struct FileIdentity {
  std::uint64_t device;
  std::uint64_t inode;
  std::uint64_t bytes;
  std::uint64_t modifiedNs;

  [[nodiscard]] constexpr bool isKnown() const { return inode != 0; }
  friend constexpr auto operator<=>(const FileIdentity&, const FileIdentity&) = default;
};

inline constexpr std::uint32_t kModuleProgram = 1;  ///< The loader has no path for it: the program itself.

/// A binary, registered when the first frame in it is seen. It may be loaded again, at other addresses; the
/// place here is the first one. Another binary has another entry, also one that has the same path, or the
/// same place after this one.
struct ModuleEntry {
  std::atomic<std::uint32_t> complete;  ///< 1 once the rest may be read (release).
  std::uint32_t buildIdLength;          ///< 0 when the binary has none.
  std::uint64_t start, end;             ///< Address range of the mapping.
  std::uint64_t bias;                   ///< Load address minus the address in the file.
  std::uint32_t pathOffset;             ///< Into the text area: the path as the loader has it.
  std::uint32_t pathLength;             ///< 0: none, or there was no room.
  std::uint8_t buildId[kBuildIdBytes];
  std::uint32_t flags;       ///< kModule… bits.
  std::uint32_t process;     ///< Index of the process that registered it.
  std::uint32_t fileOffset;  ///< Into the text area: the path as the kernel has it, perhaps " (deleted)".
  std::uint32_t fileLength;  ///< 0: unknown.
  FileIdentity file;         ///< Of the file that the kernel has mapped.
  std::uint64_t firstPage;   ///< pageDigest() of the file's first page as it was loaded; 0: unknown.
};
static_assert(sizeof(ModuleEntry) == 128);

/// Tells files apart by their first page, which has the ELF header, the segments and mostly the build id. A
/// file that is shorter counts as if zeros followed. Never 0.
inline std::uint64_t pageDigest(const unsigned char (&page)[kPage]) {
  std::uint64_t digest = 0xCBF2'9CE4'8422'2325;
  for (std::size_t at = 0; at < kPage; at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    __builtin_memcpy(&word, page + at, sizeof word);
    digest = (digest ^ word) * 0x9E37'79B9'7F4A'7C15;
    digest ^= digest >> 32;
  }
  return digest | 1;
}

}  // namespace heaptap::wire
