// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/symbols/search_places.h"

/// Names for code addresses: function, file, line and inlined callers, from a program's ELF and DWARF.
namespace heaptap::symbols {

/// One binary that the target had loaded.
struct ModuleFile {
  std::string path;         ///< Can be opened now and on this host, e.g. /proc/self/fd/7.
  std::string displayPath;  ///< As the target saw it; its folder is searched for separate debug files.
  std::string buildId;      ///< Raw bytes of what was loaded; empty when it has none or it is not known.
  std::shared_ptr<const std::string> image = nullptr;  ///< In place of the path: what is in the file.
};

/// One line of a stack. `file` is absolute where the debug information tells the folder; empty and 0:
/// unknown.
struct SourceLine {
  std::string function;  ///< Demangled.
  std::string file;
  std::uint32_t line = 0;
  bool inlined = false;    ///< This function was inlined into the one on the next line.
  bool allocator = false;  ///< It is certain to be the allocator's, not the program's (AllocatorFunctions).
};

/// What a call that ended in malloc, free or one of their kind was to the binary that made it.
struct CalledAllocator {
  enum class What : std::uint8_t {
    Unknown,   ///< The code does not say: a call by pointer, another binary's function.
    Itself,    ///< That function.
    Operator,  ///< An operator new or delete of the binary's own.
  };
  /// Operators of one kind belong together.
  enum class Kind : std::uint8_t { Unknown, Single, Array, AlignedSingle, AlignedArray };
  What what = What::Unknown;
  Kind kind = Kind::Unknown;  ///< Of an operator; unknown without a name.
  std::string function = {};  ///< Of another binary, which was called: its name, where that is known.

  bool operator==(const CalledAllocator&) const = default;
};

/// Why a module has no lines and inlined functions, or not all, where somebody would expect them.
enum class LinesMissing : std::uint8_t {
  No,              ///< Or nobody has made any.
  NoDescriptor,    ///< There were too few descriptors to look for all of its debug information.
  SplitFiles,      ///< They are in .dwo or .dwp files that were not found.
  OtherDebugFile,  ///< The debug file in its place belongs to another build.
  Damaged,         ///< Its debug information cannot be read, or would take too much memory.
};

/// Looks up addresses in modules.
///
/// Reads a file when its first address is asked for, and remembers what it parsed. Files are not trusted:
/// a damaged one has fewer names, or none. A file with another build id than the target loaded is not used,
/// because no name is better than a wrong one.
/// Threads: none of its own, and not safe for concurrent use; one for each session.
class Resolver {
 public:
  using ModuleHandle = std::size_t;

  explicit Resolver(SearchPlaces places = {});
  ~Resolver();
  Resolver(Resolver&&) noexcept;
  Resolver& operator=(Resolver&&) noexcept;
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Announces a module; cheap. Handles stay valid as long as the resolver.
  [[nodiscard]] ModuleHandle addModule(const ModuleFile& file);

  /// Whether the module's file can be read, and is what the target loaded. The first call reads it.
  [[nodiscard]] bool isReadable(ModuleHandle module);
  /// Why lines and inlined functions are missing, as far as it is known by now: of split debug information
  /// that is only when a unit was asked for.
  [[nodiscard]] LinesMissing linesMissing(ModuleHandle module);
  /// The same before any address was asked for: looks for the file of each unit.
  [[nodiscard]] LinesMissing searchedLines(ModuleHandle module);

  /// Lines for one address, the innermost inlined function first, the function that owns the code last.
  /// A line's file and line number are the place within that function: the call of the line before it, or,
  /// for the first, the instruction itself. Empty when nothing is known about the address.
  /// Units: `fileAddress` is a virtual address of the ELF file (p_vaddr), inside the call instruction.
  [[nodiscard]] std::vector<SourceLine> resolve(ModuleHandle module, std::uint64_t fileAddress);

  /// What the call that returns to `fileAddress`, the innermost of a stack, has led to: see OperatorCalls.
  [[nodiscard]] CalledAllocator calledBefore(ModuleHandle module, std::uint64_t fileAddress);
  /// The same of a call to what the module exports as `function`; nothing when it does not.
  [[nodiscard]] std::optional<CalledAllocator> calledByName(ModuleHandle module, const std::string& function);
  /// Whether the module has operators new or delete of its own, hidden from other modules.
  [[nodiscard]] bool hasOwnOperators(ModuleHandle module);

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace heaptap::symbols
