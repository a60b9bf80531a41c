// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/model/column.h"
#include "collector/model/ids.h"
#include "collector/model/pair.h"

namespace heaptap::model {

/// Why the frames of a module have no names, or not all that they could have.
enum class NamesMissing : std::uint8_t {
  No,
  FileGone,
  OtherFile,
  NotPermitted,
  NoDescriptor,
  FileUnknown,
  Unreadable,
  AllButExported,
  SplitFiles,
  OtherDebugFile,
  DebugDamaged,
};

struct Module {
  std::string path = {};
  std::string buildId = {};  ///< Raw bytes.
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::uint64_t bias = 0;

  bool operator==(const Module&) const = default;
};

struct Thread {
  std::uint32_t tid = 0;
  std::string name;  ///< Its first one.
  std::uint64_t firstSeenNs = 0;

  bool operator==(const Thread&) const = default;
};

/// A place in the code. Bits of `flags` are those of v1::FrameFlag.
struct Frame {
  std::uint64_t pc = 0;      ///< Address in the module's file, or in the target without a module.
  std::uint32_t module = 0;  ///< Module index + 1; 0: no module.
  std::uint32_t flags = 0;

  bool operator==(const Frame&) const = default;
};

/// A stack is a frame and the stack that called it. The whole is a trie with the empty stack, id 0, as
/// its root; a parent always has the smaller id, so that every walk outwards ends.
struct StackNode {
  StackId parent{};
  FrameId frame{};

  bool operator==(const StackNode&) const = default;
};

/// One source line of a frame. Frames with inlined functions have several.
struct SymbolLine {
  TextId function{};
  TextId file{};
  std::uint32_t line = 0;  ///< 0: unknown.
  bool inlined = false;
  bool allocator = false;  ///< The allocator's own function, not the program's.

  bool operator==(const SymbolLine&) const = default;
};

/// "This frame has these lines": positions in DefinitionsView::lines, innermost first. A later one of the
/// same frame replaces it.
struct Naming {
  FrameId frame{};
  std::uint32_t firstLine = 0;
  std::uint32_t lineCount = 0;

  bool operator==(const Naming&) const = default;
};

/// "This module has no names for this reason"; a later one of the same module replaces it.
struct ModuleWord {
  std::uint32_t module = 0;
  NamesMissing missing = NamesMissing::No;

  bool operator==(const ModuleWord&) const = default;
};

/// "This thread has another name from now on."
struct Renaming {
  ThreadIndex thread{};
  std::string name;

  bool operator==(const Renaming&) const = default;
};

/// What the ids of a session stand for, up to one moment: a length and some pointers for each table, so it is
/// copied and kept freely. Entries never change: what can be said again (names, reasons) is a log, of which
/// the last word counts. Invariant (kept by the code that fills the Definitions): every id used in it is
/// defined in it.
struct DefinitionsView {
  Column<Module> modules;
  Column<ModuleWord> moduleWords;
  Column<Thread> threads;
  Column<Renaming> renamings;
  Column<std::string> heapNames;    ///< Of the heaps from kFirstNamedHeap.
  Column<Frame> frames;             ///< By FrameId; 0 is "no frame".
  Column<StackNode> stacks;         ///< By StackId; 0 is the empty stack.
  Column<std::uint8_t> stackFlags;  ///< By StackId: the flags of all its frames, or-ed.
  Column<Pair> pairs;               ///< By PairId.
  Column<std::string> texts;        ///< By TextId; 0 is the empty text. Bytes, as they came.
  Column<SymbolLine> lines;
  Column<Naming> namings;

  /// Empty: malloc's heap.
  [[nodiscard]] std::string heapName(HeapId heap) const;
  /// Heaps that are defined, malloc's and the mappings included.
  [[nodiscard]] std::size_t heaps() const { return kFirstNamedHeap + heapNames.size(); }
  [[nodiscard]] const Pair& pair(PairId id) const { return pairs[index(id)]; }
  [[nodiscard]] const StackNode& stack(StackId id) const { return stacks[index(id)]; }
  [[nodiscard]] const Frame& frame(FrameId id) const { return frames[index(id)]; }

  /// By module: why its frames have no names, as it was said last.
  [[nodiscard]] std::vector<NamesMissing> namesMissing() const;
  /// By thread: its newest name. Valid as long as this view.
  [[nodiscard]] std::vector<std::string_view> threadNames() const;
};

/// The tables themselves. Append-only: a view that was taken stays as it is.
/// Trust:   none of its own: the ids in what is added must be defined, and a parent before its child.
/// Threads: one at a time; its views anywhere.
class Definitions {
 public:
  Definitions();
  Definitions(Definitions&&) noexcept = default;
  Definitions& operator=(Definitions&&) noexcept = default;
  Definitions(const Definitions&) = delete;
  Definitions& operator=(const Definitions&) = delete;

  /// As they are now; the reference follows what is added.
  [[nodiscard]] const DefinitionsView& now() const { return m_tables; }
  /// As they are now, to keep.
  [[nodiscard]] DefinitionsView view() const { return m_tables; }

  void add(Module module) { m_tables.modules.append(std::move(module)); }
  void add(ModuleWord word) { m_tables.moduleWords.append(word); }
  void add(Thread thread) { m_tables.threads.append(std::move(thread)); }
  void add(Renaming renaming) { m_tables.renamings.append(std::move(renaming)); }
  void addHeap(std::string name) { m_tables.heapNames.append(std::move(name)); }
  void add(Frame frame) { m_tables.frames.append(frame); }
  void add(StackNode node);
  void add(const Pair& pair) { m_tables.pairs.append(pair); }
  TextId addText(std::string text);
  /// Names `frame`, innermost line first; replaces what was known.
  void name(FrameId frame, std::span<const SymbolLine> lines);

 private:
  DefinitionsView m_tables;
};

}  // namespace heaptap::model
