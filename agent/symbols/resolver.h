// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// Names for code addresses: function, file, line and inlined callers, from a program's ELF and DWARF.
namespace heaptap::symbols {

/// One binary that the target had loaded.
struct ModuleFile {
  std::string path;         ///< Can be opened now and on this host, e.g. /proc/self/fd/7.
  std::string displayPath;  ///< As the target saw it; its folder is searched for separate debug files.
  std::string buildId;      ///< Raw bytes of what was loaded; empty when it has none or nobody knows.
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

/// Looks up addresses in modules.
///
/// Reads a file when its first address is asked for, and remembers what it parsed. Files are not trusted:
/// a damaged one has fewer names, or none. A file with another build id than the target loaded is not used,
/// because no name is better than a wrong one.
/// Threads: none of its own, and not safe for concurrent use; one for each session.
class Resolver {
 public:
  using ModuleHandle = std::size_t;

  /// `debugFolders`: searched for separate debug files like /usr/lib/debug, and after it.
  explicit Resolver(const std::vector<std::string>& debugFolders = {});
  ~Resolver();
  Resolver(Resolver&&) noexcept;
  Resolver& operator=(Resolver&&) noexcept;
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Announces a module; cheap. Handles stay valid as long as the resolver.
  [[nodiscard]] ModuleHandle addModule(const ModuleFile& file);

  /// Whether the module's file can be read, and is what the target loaded. The first call reads it.
  [[nodiscard]] bool isReadable(ModuleHandle module);
  /// Were there too few descriptors to look for all of its debug information? After `isReadable`.
  [[nodiscard]] bool lacksDescriptors(ModuleHandle module);

  /// Lines for one address, the innermost inlined function first, the function that owns the code last.
  /// A line's file and line number are the place within that function: the call of the line before it, or,
  /// for the first, the instruction itself. Empty when nothing is known about the address.
  /// Units: `fileAddress` is a virtual address of the ELF file (p_vaddr), inside the call instruction.
  [[nodiscard]] std::vector<SourceLine> resolve(ModuleHandle module, std::uint64_t fileAddress);

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace heaptap::symbols
