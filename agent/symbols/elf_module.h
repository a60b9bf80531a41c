// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <elfutils/libdwfl.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/symbols/allocator_functions.h"
#include "agent/symbols/debug_info.h"
#include "agent/symbols/operator_calls.h"
#include "agent/symbols/resolver.h"
#include "agent/symbols/symbol_table.h"

namespace heaptap::symbols {

/// One opened binary with everything that gives names: its symbols, and its DWARF wherever that is (in the
/// file, in a separate debug file by build id or debug link, from debuginfod when DEBUGINFOD_URLS is set).
class ElfModule {
 public:
  /// Nothing when the file cannot be read, is no ELF program or library, or has another build id.
  /// `debugPath`: where to look for separate debug files, see dwfl_standard_find_debuginfo().
  static std::unique_ptr<ElfModule> open(const ModuleFile& file, const std::string& debugPath);

  ElfModule(const ElfModule&) = delete;
  ElfModule& operator=(const ElfModule&) = delete;
  ~ElfModule();

  /// Returns true when there were too few descriptors to look for all of the debug information.
  [[nodiscard]] bool lacksDescriptors() const { return m_lacksDescriptors; }
  /// See Resolver::resolve().
  [[nodiscard]] std::vector<SourceLine> resolve(std::uint64_t fileAddress);
  /// Likewise.
  [[nodiscard]] CalledAllocator calledBefore(std::uint64_t fileAddress) {
    return operators().calledBefore(fileAddress + m_bias);
  }
  /// Reads all of the code the first time.
  [[nodiscard]] OperatorCalls& operators();

 private:
  ElfModule(const ModuleFile& file, const std::string& debugPath);
  bool start();
  bool openFile();
  bool openImage();

  // libdwfl calls back for the binary and for its debug files.
  static int findElf(Dwfl_Module*, void** user, const char*, Dwarf_Addr, char** path, Elf** elf);
  static int findDebugInfo(Dwfl_Module*, void** user, const char*, Dwarf_Addr, const char* path,
                           const char* link, GElf_Word linkChecksum, char** found);

  ModuleFile m_file;
  std::string m_debugPath;
  char* m_debugPathStart;  ///< Of m_debugPath: libdwfl wants a pointer to a pointer.
  Dwfl_Callbacks m_callbacks;
  int m_descriptor = -1;  ///< This and m_elf: until libdwfl takes them over.
  Elf* m_elf = nullptr;
  bool m_lacksDescriptors = false;
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
