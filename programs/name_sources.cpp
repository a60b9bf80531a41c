// SPDX-License-Identifier: Apache-2.0
#include "programs/name_sources.h"

#include <elf.h>
#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>

#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/unique_fd.h"
#include "programs/elf_handle.h"

namespace heaptap::programs {
namespace fs = std::filesystem;
namespace {

/// What the sections of one file say, be it the binary or its debug file.
struct Sections {
  bool symbols = false;
  bool exports = false;
  bool unwind = false;
  bool debugInfo = false;
};

Sections sectionsOf(Elf* elf) {
  Sections found;
  std::size_t names = 0;
  if (elf_getshdrstrndx(elf, &names) != 0) return found;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type == SHT_NOBITS || header.sh_size == 0)
      continue;
    if (header.sh_type == SHT_SYMTAB) found.symbols = true;
    if (header.sh_type == SHT_DYNSYM) found.exports = true;
    const char* const text = elf_strptr(elf, names, header.sh_name);
    const std::string_view name = text == nullptr ? "" : text;
    if (name == ".eh_frame") found.unwind = true;
    if (name == ".debug_info" || name == ".zdebug_info") found.debugInfo = true;
  }
  return found;
}

std::string hexadecimal(const void* bytes, std::size_t size) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  const auto* at = static_cast<const unsigned char*>(bytes);
  for (std::size_t i = 0; i < size; ++i) {
    text += kDigits[at[i] >> 4];
    text += kDigits[at[i] & 15];
  }
  return text;
}

/// In the order of GDB's manual, "Debugging Information in Separate Files".
std::vector<fs::path> debugFiles(const fs::path& file, const fs::path& root, const std::string& buildId,
                                 Elf* elf) {
  std::vector<fs::path> files;
  if (buildId.size() > 2)
    files.push_back(root / ".build-id" / buildId.substr(0, 2) / (buildId.substr(2) + ".debug"));
  GElf_Word checksum = 0;
  const char* const link = dwelf_elf_gnu_debuglink(elf, &checksum);
  // A name, not a path: it must not lead elsewhere.
  if (link == nullptr || std::string_view(link).find('/') != std::string_view::npos) return files;
  std::error_code ignored;
  const fs::path folder = fs::absolute(file, ignored).lexically_normal().parent_path();
  files.push_back(folder / link);
  files.push_back(folder / ".debug" / link);
  files.push_back(root / folder.relative_path() / link);
  return files;
}

}  // namespace

Result<NameSources> readNameSources(const fs::path& file, const fs::path& debugRoot) {
  const UniqueFd descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!descriptor)
    return systemFailure(errno == ENOENT ? Code::NotFound : Code::NotPermitted, file.string(),
                         "cannot be read");
  elf_version(EV_CURRENT);
  const ElfHandle elf(elf_begin(descriptor.get(), ELF_C_READ, nullptr));
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF)
    return failure(Code::Corrupt, file.string(), "not an ELF file");

  NameSources sources;
  const Sections own = sectionsOf(elf.get());
  sources.hasSymbols = own.symbols;
  sources.hasExports = own.exports;
  sources.hasUnwindInfo = own.unwind;
  sources.hasDebugInfo = own.debugInfo;
  const void* id = nullptr;
  if (const ssize_t size = dwelf_elf_gnu_build_id(elf.get(), &id); size > 0)
    sources.buildId = hexadecimal(id, static_cast<std::size_t>(size));
  if (own.debugInfo) return sources;

  for (const fs::path& candidate : debugFiles(file, debugRoot, sources.buildId, elf.get())) {
    const UniqueFd opened(open(candidate.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!opened) continue;
    const ElfHandle debug(elf_begin(opened.get(), ELF_C_READ, nullptr));
    if (!debug || elf_kind(debug.get()) != ELF_K_ELF) continue;
    const Sections there = sectionsOf(debug.get());
    if (!there.debugInfo) continue;
    sources.debugFile = candidate;
    sources.hasSymbols = sources.hasSymbols || there.symbols;
    break;
  }
  return sources;
}

}  // namespace heaptap::programs
