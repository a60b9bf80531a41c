// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/system/loaded_objects.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <cstring>

#include "agent/capture/system/c_library.h"
#include "agent/wire/page.h"

namespace heaptap::capture {
namespace {

struct CoverSearch {
  std::uint64_t pc;
  LoadedObject* object;
};

// Whether one of the object's segments covers `pc`.
bool describe(const dl_phdr_info& info, std::uint64_t pc, LoadedObject& object) {
  LoadedObject found;
  bool covered = false;
  for (unsigned i = 0; i < info.dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = info.dlpi_phdr[i];
    const std::uint64_t at = info.dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_GNU_EH_FRAME) found.ehFrameHdr = reinterpret_cast<const std::uint8_t*>(at);
    if (segment.p_type != PT_LOAD) continue;
    const std::uint64_t start = at & ~std::uint64_t{4095};
    const std::uint64_t end = at + segment.p_memsz;
    if (found.start == 0 || start < found.start) found.start = start;
    if (end > found.end) found.end = end;
    covered |= pc >= start && pc < end;
  }
  found.bias = info.dlpi_addr;
  found.path = info.dlpi_name == nullptr ? "" : info.dlpi_name;
  object = found;
  return covered;
}

int visitCovering(dl_phdr_info* info, std::size_t, void* data) {
  const auto& search = *static_cast<const CoverSearch*>(data);
  LoadedObject object;
  if (!describe(*info, search.pc, object)) return 0;
  *search.object = object;
  return 1;
}

// The program itself, which comes first. Written before recording.
constinit LoadedObject g_program;
int visitProgram(dl_phdr_info* info, std::size_t, void*) {
  describe(*info, 0, g_program);
  return 1;
}

}  // namespace

bool findLoadedObjectByIteration(std::uint64_t pc, LoadedObject& object) {
  CoverSearch search{pc, &object};
  return cLibrary().iterate(visitCovering, &search) == 1;
}

void prepareObjectLookup() { cLibrary().iterate(visitProgram, nullptr); }

bool findLoadedObject(std::uint64_t pc, LoadedObject& object) {
  const auto find = cLibrary().findObject;
  if (find == nullptr) return findLoadedObjectByIteration(pc, object);
  dl_find_object found;
  if (find(reinterpret_cast<void*>(pc), &found) != 0) return false;
  object.start = reinterpret_cast<std::uintptr_t>(found.dlfo_map_start);
  object.end = reinterpret_cast<std::uintptr_t>(found.dlfo_map_end);
  object.bias = found.dlfo_link_map->l_addr;
  object.path = found.dlfo_link_map->l_name == nullptr ? "" : found.dlfo_link_map->l_name;
  object.ehFrameHdr = static_cast<const std::uint8_t*>(found.dlfo_eh_frame);
  // A program whose segments do not adjoin is several mappings to glibc, and the rules lie in another one
  // than the code. It maps libraries as one.
  if (object.ehFrameHdr != nullptr && object.ehFrameHdr == g_program.ehFrameHdr) object = g_program;
  return true;
}

BuildId findBuildId(const LoadedObject& object) {
  // The ELF header opens the first segment; what lies outside the mapping is not looked at.
  const auto inside = [&object](std::uint64_t at, std::uint64_t bytes) {
    return at >= object.start && at < object.end && bytes <= object.end - at;
  };
  if (!inside(object.start, sizeof(Elf64_Ehdr))) return {};
  const auto& header = *reinterpret_cast<const Elf64_Ehdr*>(object.start);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phentsize != sizeof(Elf64_Phdr))
    return {};
  // Program headers beyond the first page could lie in a part that is not mapped.
  if (header.e_phoff + std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr) > wire::kPage) return {};
  const auto* segments = reinterpret_cast<const Elf64_Phdr*>(object.start + header.e_phoff);
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    if (segments[i].p_type != PT_NOTE) continue;
    std::uint64_t at = object.bias + segments[i].p_vaddr;
    if (!inside(at, segments[i].p_memsz)) continue;
    const std::uint64_t end = at + segments[i].p_memsz;
    while (end - at >= sizeof(Elf64_Nhdr)) {
      const auto& note = *reinterpret_cast<const Elf64_Nhdr*>(at);
      const std::uint64_t name = at + sizeof(Elf64_Nhdr);
      const std::uint64_t content = name + ((std::uint64_t{note.n_namesz} + 3) & ~std::uint64_t{3});
      const std::uint64_t next = content + ((std::uint64_t{note.n_descsz} + 3) & ~std::uint64_t{3});
      if (next > end || next <= at) break;
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
          std::memcmp(reinterpret_cast<const void*>(name), "GNU", 4) == 0) {
        return {reinterpret_cast<const std::uint8_t*>(content), note.n_descsz};
      }
      at = next;
    }
  }
  return {};
}

}  // namespace heaptap::capture
