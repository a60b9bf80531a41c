// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/tables/module_file.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cstring>

#include "agent/capture/system/kernel.h"
#include "agent/capture/system/short_text.h"

namespace heaptap::capture {
namespace {

constexpr std::uint64_t kPageMask = wire::kPage - 1;

/// The program headers of a loaded binary; none where its first page is not that of an ELF file.
struct Segments {
  const Elf64_Phdr* begin = nullptr;
  unsigned count = 0;
};

Segments segmentsOf(const LoadedObject& object) {
  if (object.end - object.start < wire::kPage || (object.start & kPageMask) != 0) return {};
  const auto& header = *reinterpret_cast<const Elf64_Ehdr*>(object.start);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phentsize != sizeof(Elf64_Phdr))
    return {};
  // Beyond the first page, they could lie in a part that is not mapped.
  if (header.e_phoff > wire::kPage || header.e_phnum > wire::kPage / sizeof(Elf64_Phdr)) return {};
  if (header.e_phoff + header.e_phnum * sizeof(Elf64_Phdr) > wire::kPage) return {};
  return {reinterpret_cast<const Elf64_Phdr*>(object.start + header.e_phoff), header.e_phnum};
}

ShortText<64>& appendHex(ShortText<64>& text, std::uint64_t number) {
  unsigned shift = 60;
  while (shift > 0 && number >> shift == 0) shift -= 4;
  for (;; shift -= 4) {
    text.append("0123456789abcdef"[number >> shift & 0xF]);
    if (shift == 0) return text;
  }
}

// The path of the file that is mapped from `start` to exactly `end`; 0 when there is no such mapping. Reading
// this link, unlike following it, needs no privilege (proc(5), /proc/pid/map_files).
std::size_t readMapping(std::uint64_t start, std::uint64_t end, PathRoom& room) {
  ShortText<64> link;
  appendHex(link.append("/proc/self/map_files/"), start).append('-');
  appendHex(link, end);
  const long bytes = arch::systemCall(SYS_readlinkat, AT_FDCWD, kernel::asWord(link.text()),
                                      kernel::asWord(room.text), sizeof room.text);
  return bytes > 0 && bytes < static_cast<long>(sizeof room.text) ? static_cast<std::size_t>(bytes) : 0;
}

wire::FileIdentity identityOf(const char* path) {
  struct stat file;
  if (arch::systemCall(SYS_newfstatat, AT_FDCWD, kernel::asWord(path), kernel::asWord(&file), 0) != 0 ||
      !S_ISREG(file.st_mode))
    return {};
  return {file.st_dev, file.st_ino, static_cast<std::uint64_t>(file.st_size),
          static_cast<std::uint64_t>(file.st_mtim.tv_sec) * 1'000'000'000 +
              static_cast<std::uint64_t>(file.st_mtim.tv_nsec)};
}

}  // namespace

ModuleFile findModuleFile(const LoadedObject& object, PathRoom& room) {
  ModuleFile file;
  const Segments segments = segmentsOf(object);
  // The loader makes one mapping of each segment, if nothing has divided it since.
  for (unsigned i = 0; i < segments.count && file.pathBytes == 0; ++i) {
    const Elf64_Phdr& segment = segments.begin[i];
    if (segment.p_type != PT_LOAD || segment.p_filesz == 0) continue;
    const std::uint64_t at = object.bias + segment.p_vaddr;
    file.pathBytes = readMapping(at & ~kPageMask, (at + segment.p_filesz + kPageMask) & ~kPageMask, room);
  }
  if (file.pathBytes == 0) return file;
  room.text[file.pathBytes] = 0;
  // Of a file that was removed the path says so, and leads nowhere.
  if (room.text[0] == '/') file.identity = identityOf(room.text);
  return file;
}

std::uint64_t firstPageOf(const LoadedObject& object) {
  const Segments segments = segmentsOf(object);
  for (unsigned i = 0; i < segments.count; ++i) {
    const Elf64_Phdr& segment = segments.begin[i];
    if (segment.p_type != PT_LOAD || ((object.bias + segment.p_vaddr) & ~kPageMask) != object.start) continue;
    // What may be written may have been: relocations of text, for one.
    if ((segment.p_flags & PF_W) != 0 || (segment.p_offset & ~kPageMask) != 0) return 0;
    return wire::pageDigest(*reinterpret_cast<const unsigned char(*)[wire::kPage]>(object.start));
  }
  return 0;
}

}  // namespace heaptap::capture
