// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <elfutils/libdwfl.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/symbols/allocator_functions.h"
#include "agent/symbols/debug_files.h"
#include "agent/symbols/debug_info.h"
#include "agent/symbols/elf_pointer.h"
#include "agent/symbols/empty_dwarf.h"
#include "agent/symbols/operator_calls.h"
#include "agent/symbols/resolver.h"
#include "agent/symbols/symbol_table.h"

namespace heaptap::symbols {

/// One opened binary with everything that gives names: its symbols, and its DWARF wherever that is (in the
/// file, in a separate debug file by build id or debug link, on a server).
class ElfModule {
 public:
  /// Nothing when the file cannot be read, is no ELF program or library, or has another build id.
  static std::unique_ptr<ElfModule> open(const ModuleFile& file, const SearchPlaces& places);

  ElfModule(const ElfModule&) = delete;
  ElfModule& operator=(const ElfModule&) = delete;
  ~ElfModule();

  /// See Resolver.
  [[nodiscard]] LinesMissing linesMissing();
  [[nodiscard]] LinesMissing searchedLines();
  /// See Resolver::resolve().
  [[nodiscard]] std::vector<SourceLine> resolve(std::uint64_t fileAddress);
  /// Likewise.
  [[nodiscard]] CalledAllocator calledBefore(std::uint64_t fileAddress) {
    return operators().calledBefore(fileAddress + m_bias);
  }
  /// Reads all of the code the first time.
  [[nodiscard]] OperatorCalls& operators();

 private:
  ElfModule(const ModuleFile& file, const SearchPlaces& places);
  bool start();
  bool isWhatWasLoaded();
  void openDebugInfo();
  Dwarf* openCopy();
  void attachShared(Dwarf* dwarf);
  [[nodiscard]] SplitPlaces splitPlaces() const;
  UniqueFd findSeparate(Dwfl_Module* module, const char* link, GElf_Word linkChecksum, std::string& path);
  bool openFile();
  bool openImage();

  // libdwfl calls back for the binary and for its debug files.
  static int findElf(Dwfl_Module*, void** user, const char*, Dwarf_Addr, char** path, Elf** elf);
  static int findDebugInfo(Dwfl_Module*, void** user, const char*, Dwarf_Addr, const char* path,
                           const char* link, GElf_Word linkChecksum, char** found);

  ModuleFile m_file;
  SearchPlaces m_places;
  std::vector<std::string> m_paths;  ///< Of the binary: as the target saw it, as it is here.
  DebugFiles m_debugFiles;
  std::string m_debugPath;      ///< Of a separate debug file; empty: none.
  bool m_expectsLines = false;  ///< There is debug information, damaged or not.
  Dwfl_Callbacks m_callbacks;
  int m_descriptor = -1;  ///< This and m_elf: until libdwfl takes them over.
  Elf* m_elf = nullptr;
  Elf* m_copy = nullptr;  ///< With debug information that libdw cannot decompress; null: none needed.
  Dwarf* m_copiedDwarf = nullptr;
  EmptyDwarf m_empty;
  UniqueFd m_sharedFile;  ///< What several debug files share; of a copy only, else libdwfl has it.
  DwarfPointer m_shared;
  bool m_hasShared = false;
  Dwfl* m_session = nullptr;
  Dwfl_Module* m_module = nullptr;
  GElf_Addr m_bias = 0;        ///< Address in the session minus address in the file.
  Dwarf_Addr m_debugBias = 0;  ///< Address in the session minus address in the DWARF.
  AllocatorFunctions m_allocators{AllocatorFunctions::Module::Program};
  std::optional<SymbolTable> m_symbols;
  std::optional<DebugInfo> m_debugInfo;
  std::optional<OperatorCalls> m_operators;
};

}  // namespace heaptap::symbols
