// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/system/dynamic_symbols.h"

#include <link.h>

#include <cstdint>

#include "agent/capture/system/c_library.h"
#include "agent/capture/system/object_symbols.h"

namespace heaptap::capture {
namespace {

struct Search {
  const char* name;
  std::uint64_t after;
  bool passed;
  void* found;
};

bool holds(const dl_phdr_info* info, std::uint64_t address) {
  for (unsigned i = 0; i < info->dlpi_phnum; ++i) {
    const Elf64_Phdr& segment = info->dlpi_phdr[i];
    const std::uint64_t start = info->dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_LOAD && address >= start && address < start + segment.p_memsz) return true;
  }
  return false;
}

int visit(dl_phdr_info* info, std::size_t, void* data) {
  auto& search = *static_cast<Search*>(data);
  if (!search.passed) {
    search.passed = holds(info, search.after);
    return 0;
  }
  for (unsigned i = 0; i < info->dlpi_phnum; ++i) {
    if (info->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    const auto* dynamic = reinterpret_cast<const Elf64_Dyn*>(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    search.found = ObjectSymbols(info->dlpi_addr, dynamic).addressOf(search.name);
    return search.found != nullptr ? 1 : 0;
  }
  return 0;
}

}  // namespace

void* findDynamicSymbol(const char* name, const void* after) {
  Search search{name, reinterpret_cast<std::uintptr_t>(after), after == nullptr, nullptr};
  cLibrary().iterate(visit, &search);
  return search.found;
}

}  // namespace heaptap::capture
