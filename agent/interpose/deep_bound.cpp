// SPDX-License-Identifier: Apache-2.0
//
// dlsym and dlvsym: what comes between the opening of a library and its use. They look at their return
// address, so the real ones are jumped to.
#include "agent/interpose/deep_bound.h"

#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <atomic>
#include <cstdint>
#include <cstring>

#include "agent/capture/system/arch/arch.h"
#include "agent/capture/system/c_library.h"
#include "agent/capture/system/object_symbols.h"
#include "agent/include/heaptap/abi.h"
#include "agent/interpose/next_function.h"
#include "agent/interpose/real_allocator.h"

#define HEAPTAP_INTERPOSED extern "C" __attribute__((visibility("default")))

#if defined(__clang__)
#define HEAPTAP_JUMP [[clang::musttail]] return
#else
#define HEAPTAP_JUMP return
#endif

// NOLINTNEXTLINE(bugprone-reserved-identifier, readability-identifier-naming): the linker's.
extern "C" [[gnu::visibility("hidden")]] const Elf64_Ehdr __ehdr_start;

namespace heaptap::interpose {
namespace {

using capture::ObjectSymbols;
using capture::arch::systemCall;

constexpr const char* kNames[] = {"malloc",
                                  "calloc",
                                  "realloc",
                                  "reallocarray",
                                  "free",
                                  "aligned_alloc",
                                  "memalign",
                                  "posix_memalign",
                                  "valloc",
                                  "pvalloc",
                                  "__libc_malloc",
                                  "__libc_calloc",
                                  "__libc_realloc",
                                  "__libc_memalign",
                                  "__libc_free",
                                  "_Znwm",
                                  "_Znam",
                                  "_ZnwmRKSt9nothrow_t",
                                  "_ZnamRKSt9nothrow_t",
                                  "_ZnwmSt11align_val_t",
                                  "_ZnamSt11align_val_t",
                                  "_ZnwmSt11align_val_tRKSt9nothrow_t",
                                  "_ZnamSt11align_val_tRKSt9nothrow_t",
                                  "_ZdlPv",
                                  "_ZdaPv",
                                  "_ZdlPvm",
                                  "_ZdaPvm",
                                  "_ZdlPvSt11align_val_t",
                                  "_ZdaPvSt11align_val_t",
                                  "_ZdlPvmSt11align_val_t",
                                  "_ZdaPvmSt11align_val_t",
                                  "_ZdlPvRKSt9nothrow_t",
                                  "_ZdaPvRKSt9nothrow_t",
                                  "_ZdlPvSt11align_val_tRKSt9nothrow_t",
                                  "_ZdaPvSt11align_val_tRKSt9nothrow_t"};
constexpr std::size_t kCount = sizeof(kNames) / sizeof(kNames[0]);

/// By which name heaptap's functions call libc's own, also where there is another allocator in front.
/// Null: by none.
const char* twinOf(const char* name) {
  constexpr const char* kTwins[][2] = {
      {"malloc", "__libc_malloc"},     {"calloc", "__libc_calloc"},
      {"realloc", "__libc_realloc"},   {"reallocarray", "__libc_reallocarray"},
      {"free", "__libc_free"},         {"aligned_alloc", "__libc_memalign"},
      {"memalign", "__libc_memalign"}, {"valloc", "__libc_valloc"},
      {"pvalloc", "__libc_pvalloc"}};
  for (const auto& twin : kTwins)
    if (std::strcmp(name, twin[0]) == 0) return twin[1];
  return nullptr;
}

struct Search {
  std::uint64_t real[kCount];  // The next definitions, which heaptap's functions call. 0: none.
  std::uint64_t ours[kCount];
  std::uint64_t libcs[kCount];     // libc's, where another allocator is in front of it, …
  std::uint64_t ourTwins[kCount];  // … and what calls that. 0: nothing does.
  bool isUndecided = false;        // An import is not bound yet: there is something to come back for.
  std::size_t objectsBefore;       // As many were loaded with the program: they look at heaptap's.
  std::size_t seen = 0;
  bool isOnly[kCount];  // No other object defines it: what is not bound yet leads to one of the two.
};

// How many openings were announced since all there were had been looked at.
constinit std::atomic<unsigned> g_expected{0};
constinit std::atomic<unsigned long long> g_loadsBefore{0};  // Objects ever loaded, before the first of them.
constinit std::size_t g_objectsBefore = 0;

int countObject(dl_phdr_info*, std::size_t, void* count) {
  ++*static_cast<std::size_t*>(count);
  return 0;
}

int readLoads(dl_phdr_info* info, std::size_t, void* loads) {
  *static_cast<unsigned long long*>(loads) = info->dlpi_adds;
  return 1;
}

unsigned long long loadsNow() {
  unsigned long long loads = 0;
  capture::cLibrary().iterate(readLoads, &loads);
  return loads;
}

[[gnu::constructor]] void countObjects() { capture::cLibrary().iterate(countObject, &g_objectsBefore); }

const Elf64_Dyn* dynamicOf(const dl_phdr_info& info) {
  for (unsigned i = 0; i < info.dlpi_phnum; ++i)
    if (info.dlpi_phdr[i].p_type == PT_DYNAMIC)
      return reinterpret_cast<const Elf64_Dyn*>(info.dlpi_addr + info.dlpi_phdr[i].p_vaddr);
  return nullptr;
}

/// The imports of one object.
class Imports {
 public:
  Imports(const dl_phdr_info& info, const Elf64_Dyn* entry, Search& search) : m_info(info), m_search(search) {
    for (; entry->d_tag != DT_NULL; ++entry) {
      const std::uint64_t value = entry->d_un.d_val;
      switch (entry->d_tag) {
        case DT_SYMTAB: m_symbols = reinterpret_cast<const Elf64_Sym*>(placed(value)); break;
        case DT_STRTAB: m_strings = reinterpret_cast<const char*>(placed(value)); break;
        case DT_RELA: m_table = reinterpret_cast<const Elf64_Rela*>(placed(value)); break;
        case DT_RELASZ: m_tableCount = value / sizeof(Elf64_Rela); break;
        case DT_RELACOUNT: m_relativeCount = value; break;
        case DT_JMPREL: m_calls = reinterpret_cast<const Elf64_Rela*>(placed(value)); break;
        case DT_PLTRELSZ: m_callCount = value / sizeof(Elf64_Rela); break;
        default: break;
      }
    }
  }

  void direct() const {
    if (m_symbols == nullptr || m_strings == nullptr) return;
    for (std::size_t i = m_relativeCount; m_table != nullptr && i < m_tableCount; ++i) directOne(m_table[i]);
    for (std::size_t i = 0; m_calls != nullptr && i < m_callCount; ++i) directOne(m_calls[i]);
  }

 private:
  [[nodiscard]] std::uint64_t placed(std::uint64_t at) const {
    return at < m_info.dlpi_addr ? at + m_info.dlpi_addr : at;
  }

  void directOne(const Elf64_Rela& relocation) const {
    const auto type = ELF64_R_TYPE(relocation.r_info);
    const bool isImport = type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT ||
                          (type == R_X86_64_64 && relocation.r_addend == 0);
    if (!isImport) return;
    const char* const name = m_strings + m_symbols[ELF64_R_SYM(relocation.r_info)].st_name;
    for (std::size_t i = 0; i < kCount; ++i)
      if (std::strcmp(name, kNames[i]) == 0)
        return set(m_info.dlpi_addr + relocation.r_offset, type == R_X86_64_JUMP_SLOT, i);
  }

  // What an import that leads to `now` is directed to: only what leads to the function that one of heaptap's
  // calls, other allocators are the library's own affair. 0: it stays.
  [[nodiscard]] std::uint64_t directed(std::uint64_t now, bool isCall, std::size_t i) const {
    if (m_search.real[i] != 0 && isUnrelocated(now)) m_search.isUndecided = true;
    if (isCall && isInside(now)) {
      if (m_search.isOnly[i]) return m_search.ours[i];
      m_search.isUndecided |= m_search.ourTwins[i] != 0;
      return 0;
    }
    if (m_search.real[i] != 0 && now == m_search.real[i]) return m_search.ours[i];
    return m_search.libcs[i] != 0 && now == m_search.libcs[i] ? m_search.ourTwins[i] : 0;
  }

  void set(std::uint64_t slot, bool isCall, std::size_t i) const {
    const std::uint64_t now = __atomic_load_n(reinterpret_cast<std::uint64_t*>(slot), __ATOMIC_RELAXED);
    const std::uint64_t to = directed(now, isCall, i);
    if (to == 0) return;
    const std::uint64_t page = slot & ~std::uint64_t{kPage - 1};
    const bool isProtected = isReadOnly(page);
    if (isProtected && protect(page, PROT_READ | PROT_WRITE) != 0) return;
    __atomic_store_n(reinterpret_cast<std::uint64_t*>(slot), to, __ATOMIC_RELAXED);
    if (isProtected) protect(page, PROT_READ);
  }

  // Within the object, without the address where it was loaded: as it is in the file. This is asked by a call
  // that comes while it is opened.
  [[nodiscard]] bool isUnrelocated(std::uint64_t address) const {
    return address == 0 || (m_info.dlpi_addr != 0 && isInside(address + m_info.dlpi_addr));
  }

  // In the object itself: in its procedure linkage table, as it is not bound yet.
  [[nodiscard]] bool isInside(std::uint64_t address) const {
    for (unsigned i = 0; i < m_info.dlpi_phnum; ++i) {
      const Elf64_Phdr& segment = m_info.dlpi_phdr[i];
      if (segment.p_type == PT_LOAD && address - m_info.dlpi_addr - segment.p_vaddr < segment.p_memsz)
        return true;
    }
    return false;
  }

  // As the loader protects it after relocation (glibc elf/dl-reloc.c, _dl_protect_relro).
  [[nodiscard]] bool isReadOnly(std::uint64_t page) const {
    for (unsigned i = 0; i < m_info.dlpi_phnum; ++i) {
      const Elf64_Phdr& segment = m_info.dlpi_phdr[i];
      if (segment.p_type != PT_GNU_RELRO) continue;
      const std::uint64_t start = (m_info.dlpi_addr + segment.p_vaddr) & ~std::uint64_t{kPage - 1};
      const std::uint64_t end =
          (m_info.dlpi_addr + segment.p_vaddr + segment.p_memsz) & ~std::uint64_t{kPage - 1};
      if (page >= start && page < end) return true;
    }
    return false;
  }

  static long protect(std::uint64_t page, int how) {
    return systemCall(SYS_mprotect, static_cast<long>(page), static_cast<long>(kPage), how);
  }

  const dl_phdr_info& m_info;
  Search& m_search;
  const Elf64_Sym* m_symbols = nullptr;
  const char* m_strings = nullptr;
  const Elf64_Rela* m_table = nullptr;
  std::size_t m_tableCount = 0;
  std::size_t m_relativeCount = 0;
  const Elf64_Rela* m_calls = nullptr;
  std::size_t m_callCount = 0;
};

int directObject(dl_phdr_info* info, std::size_t, void* data) {
  auto& search = *static_cast<Search*>(data);
  const Elf64_Dyn* const dynamic = dynamicOf(*info);
  if (search.seen++ < search.objectsBefore || dynamic == nullptr) return 0;
  Imports(*info, dynamic, search).direct();
  return 0;
}

std::uint64_t addressOf(const void* function) { return reinterpret_cast<std::uintptr_t>(function); }

using Find = void* (*)(void*, const char*);
using FindVersion = void* (*)(void*, const char*, const char*);
constinit std::atomic<Find> g_find{nullptr};
constinit std::atomic<FindVersion> g_findVersion{nullptr};
void* noFind(void*, const char*) { return nullptr; }
void* noFindVersion(void*, const char*, const char*) { return nullptr; }

}  // namespace

void expectDeepBound() {
  if (g_expected.load() == 0) g_loadsBefore.store(loadsNow());
  g_expected.fetch_add(1);
}

// Also called while one is opened: by its constructors, or by a malloc that looks for the next one.
void directDeepBound() {
  unsigned expected = g_expected.load(std::memory_order_relaxed);
  if (expected == 0 || loadsNow() == g_loadsBefore.load()) return;
  const capture::LoadedImage own = capture::imageAt(reinterpret_cast<std::uintptr_t>(&__ehdr_start));
  const ObjectSymbols symbols(own.bias, own.dynamic);
  Search search;
  for (std::size_t i = 0; i < kCount; ++i) {
    const void* const real = heaptap_next_symbol(kNames[i], &g_real);
    search.real[i] = addressOf(real);
    search.ours[i] = addressOf(symbols.addressOf(kNames[i]));
    search.isOnly[i] = addressOf(heaptap_next_symbol(kNames[i], nullptr)) == search.ours[i] &&
                       real != nullptr && heaptap_next_symbol(kNames[i], real) == nullptr;
    const char* const twin = twinOf(kNames[i]);
    search.libcs[i] = addressOf(heaptap_libc_symbol(kNames[i]));
    search.ourTwins[i] =
        twin == nullptr || search.libcs[i] == search.real[i] ? 0 : addressOf(symbols.addressOf(twin));
  }
  search.objectsBefore = g_objectsBefore;
  capture::cLibrary().iterate(directObject, &search);
  if (!search.isUndecided) g_expected.compare_exchange_strong(expected, 0);
}

}  // namespace heaptap::interpose

HEAPTAP_INTERPOSED void* dlsym(void* handle, const char* name) noexcept {
  using namespace heaptap::interpose;
  directDeepBound();
  const Find found = nextFunction(g_find, "dlsym");
  const Find find = found != nullptr ? found : noFind;
  HEAPTAP_JUMP find(handle, name);
}

HEAPTAP_INTERPOSED void* dlvsym(void* handle, const char* name, const char* version) noexcept {
  using namespace heaptap::interpose;
  directDeepBound();
  const FindVersion found = nextFunction(g_findVersion, "dlvsym");
  const FindVersion find = found != nullptr ? found : noFindVersion;
  HEAPTAP_JUMP find(handle, name, version);
}
