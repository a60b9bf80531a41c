// SPDX-License-Identifier: Apache-2.0
#include "programs/embedded_suppressions.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>

#include "base/unique_fd.h"
#include "programs/elf_handle.h"

namespace heaptap::programs {
namespace {

constexpr std::string_view kFunction = "__lsan_default_suppressions";
constexpr std::size_t kMostCode = 64;
constexpr std::size_t kMostText = 1U << 20;

/// Bytes of the file that are mapped at an address, up to the end of its segment; empty: none are, or they
/// may be written to at run time.
std::string_view constantAt(Elf* elf, std::uint64_t address) {
  std::size_t size = 0;
  const char* const file = elf_rawfile(elf, &size);
  std::size_t count = 0;
  if (file == nullptr || elf_getphdrnum(elf, &count) != 0) return {};
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf, static_cast<int>(i), &segment) == nullptr) continue;
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    if (address < segment.p_vaddr || address - segment.p_vaddr >= segment.p_filesz) continue;
    const std::uint64_t within = address - segment.p_vaddr;
    if (segment.p_offset > size || within >= size - segment.p_offset) return {};
    const std::uint64_t start = segment.p_offset + within;
    return {file + start, std::min<std::uint64_t>(segment.p_filesz - within, size - start)};
  }
  return {};
}

std::optional<std::uint64_t> functionAddress(Elf* elf) {
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_entsize == 0) continue;
    if (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM) continue;
    Elf_Data* const data = elf_getdata(section, nullptr);
    if (data == nullptr) continue;
    const std::uint64_t symbols = data->d_size / header.sh_entsize;
    for (std::uint64_t i = 0; i < symbols && i < 0x7FFF'FFFF; ++i) {
      GElf_Sym symbol;
      if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) break;
      if (GELF_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF) continue;
      const char* const name = elf_strptr(elf, header.sh_link, symbol.st_name);
      if (name != nullptr && name == kFunction) return symbol.st_value;
    }
  }
  return std::nullopt;
}

/// Reads the few instructions by which compilers return a constant address.
class FunctionCode {
 public:
  FunctionCode(std::string_view bytes, std::uint64_t address)
      : m_bytes(bytes.substr(0, kMostCode)), m_address(address) {}

  std::optional<std::uint64_t> returnedAddress() {
    (void)take("\xF3\x0F\x1E\xFA");                              // endbr64
    const bool hasFrame = take("\x55") && take("\x48\x89\xE5");  // push rbp; mov rbp, rsp
    std::optional<std::uint64_t> result;
    if (take("\x48\x8D\x05")) {  // lea rax, [rip + 32 bits]
      std::int32_t distance = 0;
      if (!takeNumber(distance)) return std::nullopt;
      result = m_address + m_at + static_cast<std::uint64_t>(static_cast<std::int64_t>(distance));
    } else if (take("\xB8")) {  // mov eax, 32 bits
      std::uint32_t address = 0;
      if (!takeNumber(address)) return std::nullopt;
      result = address;
    } else if (take("\x48\xB8")) {  // mov rax, 64 bits
      std::uint64_t address = 0;
      if (!takeNumber(address)) return std::nullopt;
      result = address;
    }
    if (hasFrame && !take("\x5D")) return std::nullopt;  // pop rbp
    return take("\xC3") ? result : std::nullopt;         // ret
  }

 private:
  bool take(std::string_view bytes) {
    if (!m_bytes.substr(m_at).starts_with(bytes)) return false;
    m_at += bytes.size();
    return true;
  }
  template <class Number>
  bool takeNumber(Number& number) {
    if (m_bytes.size() - m_at < sizeof(number)) return false;
    std::memcpy(&number, m_bytes.data() + m_at, sizeof(number));
    m_at += sizeof(number);
    return true;
  }

  std::string_view m_bytes;
  std::uint64_t m_address;
  std::size_t m_at = 0;
};

bool hasBuildId(Elf* elf, std::string_view wanted) {
  std::size_t count = 0;
  if (elf_getphdrnum(elf, &count) != 0) return false;
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf, static_cast<int>(i), &segment) == nullptr || segment.p_type != PT_NOTE) continue;
    Elf_Data* const data =
        elf_getdata_rawchunk(elf, static_cast<std::int64_t>(segment.p_offset), segment.p_filesz, ELF_T_NHDR);
    if (data == nullptr) continue;
    GElf_Nhdr note;
    std::size_t name = 0;
    std::size_t description = 0;
    for (std::size_t at = 0; (at = gelf_getnote(data, at, &note, &name, &description)) > 0;) {
      const auto* const bytes = static_cast<const char*>(data->d_buf);
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::string_view(bytes + name, 3) == "GNU")
        return std::string_view(bytes + description, note.n_descsz) == wanted;
    }
  }
  return false;
}

}  // namespace

std::optional<std::string> embeddedSuppressions(const std::string& file, std::string_view buildId) {
  const UniqueFd opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!opened || ::fstat(opened.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  if (elf_version(EV_CURRENT) == EV_NONE) return std::nullopt;
  // Read, not mapped: a file that shrinks meanwhile must not end this process.
  const ElfHandle elf(elf_begin(opened.get(), ELF_C_READ, nullptr));
  GElf_Ehdr header;
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF || gelf_getehdr(elf.get(), &header) == nullptr)
    return std::nullopt;
  if (header.e_machine != EM_X86_64 || header.e_ident[EI_CLASS] != ELFCLASS64) return std::nullopt;
  if (!buildId.empty() && !hasBuildId(elf.get(), buildId)) return std::nullopt;
  const auto function = functionAddress(elf.get());
  if (!function) return std::nullopt;
  const auto returned = FunctionCode(constantAt(elf.get(), *function), *function).returnedAddress();
  if (!returned) return std::nullopt;
  const std::string_view rest = constantAt(elf.get(), *returned).substr(0, kMostText);
  const auto end = rest.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(rest.substr(0, end));
}

}  // namespace heaptap::programs
