// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/target/memory_image.h"

#include <elf.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "agent/wire/page.h"

namespace heaptap::relay {
namespace {

constexpr std::uint64_t kPage = wire::kPage;
constexpr std::uint64_t kMaxDynamicBytes = 64 << 10;
constexpr std::uint64_t kMaxBuckets = 1 << 24;

template <class T>
std::optional<T> at(std::string_view bytes, std::uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

template <class T>
void append(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// The binary, by addresses in the process.
class Memory {
 public:
  Memory(const UniqueFd& file, const LoadedRange& range, std::size_t room)
      : m_file(file), m_range(range), m_room(room) {}

  /// All of these bytes, or none: also when they leave the binary, or there is no more room.
  std::string read(std::uint64_t address, std::uint64_t bytes) {
    if (address < m_range.start || address >= m_range.end || bytes > m_range.end - address || bytes > m_room)
      return {};
    std::string content(bytes, '\0');
    std::size_t got = 0;
    while (got < bytes) {
      const ssize_t n =
          pread(m_file.get(), content.data() + got, bytes - got, static_cast<off_t>(address + got));
      if (n <= 0) return {};
      got += static_cast<std::size_t>(n);
    }
    m_room -= bytes;
    return content;
  }
  template <class T>
  std::optional<T> value(std::uint64_t address) {
    return at<T>(read(address, sizeof(T)), 0);
  }
  /// The loader has made most addresses of the dynamic section those in memory; the vDSO's are not.
  [[nodiscard]] std::uint64_t addressOf(std::uint64_t pointer) const {
    return pointer >= m_range.start && pointer < m_range.end ? pointer : pointer + m_range.bias;
  }
  [[nodiscard]] const LoadedRange& range() const { return m_range; }

 private:
  const UniqueFd& m_file;
  const LoadedRange m_range;
  std::size_t m_room;
};

struct Dynamic {
  std::uint64_t symbols = 0, strings = 0, stringBytes = 0, hash = 0, gnuHash = 0;
};

Dynamic dynamicOf(Memory& memory, const Elf64_Phdr& segment) {
  Dynamic found;
  const std::string content = memory.read(memory.range().bias + segment.p_vaddr,
                                          std::min<std::uint64_t>(segment.p_memsz, kMaxDynamicBytes));
  for (std::uint64_t offset = 0;; offset += sizeof(Elf64_Dyn)) {
    const auto entry = at<Elf64_Dyn>(content, offset);
    if (!entry || entry->d_tag == DT_NULL) return found;
    switch (entry->d_tag) {
      case DT_SYMTAB: found.symbols = memory.addressOf(entry->d_un.d_ptr); break;
      case DT_STRTAB: found.strings = memory.addressOf(entry->d_un.d_ptr); break;
      case DT_STRSZ: found.stringBytes = entry->d_un.d_val; break;
      case DT_HASH: found.hash = memory.addressOf(entry->d_un.d_ptr); break;
      case DT_GNU_HASH: found.gnuHash = memory.addressOf(entry->d_un.d_ptr); break;
      default: break;
    }
  }
}

/// Only the hash tables tell how many symbols there are.
std::uint64_t symbolCount(Memory& memory, const Dynamic& dynamic) {
  if (dynamic.hash != 0) return memory.value<std::uint32_t>(dynamic.hash + 4).value_or(0);
  if (dynamic.gnuHash == 0) return 0;
  struct Head {
    std::uint32_t buckets, firstSymbol, bloomWords, bloomShift;
  };
  const auto head = memory.value<Head>(dynamic.gnuHash);
  if (!head || head->buckets > kMaxBuckets || head->bloomWords > kMaxBuckets) return 0;
  const std::uint64_t buckets = dynamic.gnuHash + sizeof(Head) + head->bloomWords * std::uint64_t{8};
  const std::string table = memory.read(buckets, head->buckets * std::uint64_t{4});
  std::uint32_t last = 0;
  for (std::uint64_t i = 0; i < head->buckets; ++i)
    last = std::max(last, at<std::uint32_t>(table, i * 4).value_or(0));
  if (last < head->firstSymbol) return head->firstSymbol;
  // A chain ends at a hash whose lowest bit is set.
  const std::uint64_t chains = buckets + head->buckets * std::uint64_t{4};
  for (;; ++last) {
    const auto hash = memory.value<std::uint32_t>(chains + std::uint64_t{last - head->firstSymbol} * 4);
    if (!hash) return 0;
    if ((*hash & 1) != 0) return std::uint64_t{last} + 1;
  }
}

/// An ELF file in the making: the program headers as they were, and sections with some content.
class Image {
 public:
  Image(const Elf64_Ehdr& header, std::vector<Elf64_Phdr> segments)
      : m_header(header), m_segments(std::move(segments)) {
    m_content.resize(sizeof(Elf64_Ehdr) + m_segments.size() * sizeof(Elf64_Phdr));
    add("", {}, {});
  }

  /// `section`: its type, flags, address and the like. Returns: its index.
  std::uint16_t add(const char* name, Elf64_Shdr section, std::string_view content) {
    m_content.resize((m_content.size() + 15) / 16 * 16);
    section.sh_name = static_cast<Elf64_Word>(m_names.size());
    m_names.append(name).push_back('\0');
    if (!content.empty() || section.sh_type != SHT_NOBITS) section.sh_size = content.size();
    section.sh_offset = m_content.size();
    m_content += content;
    m_sections.push_back(section);
    return static_cast<std::uint16_t>(m_sections.size() - 1);
  }

  std::string finish() {
    Elf64_Shdr names{};
    names.sh_type = SHT_STRTAB;
    m_names += ".shstrtab";
    const std::string text = m_names + '\0';
    names.sh_addralign = 1;
    const std::uint16_t index = add(".shstrtab", names, text);
    m_sections[index].sh_name = static_cast<Elf64_Word>(text.size() - sizeof ".shstrtab");
    m_content.resize((m_content.size() + 15) / 16 * 16);
    m_header.e_phoff = sizeof(Elf64_Ehdr);
    m_header.e_phnum = static_cast<Elf64_Half>(m_segments.size());
    m_header.e_shoff = m_content.size();
    m_header.e_shentsize = sizeof(Elf64_Shdr);
    m_header.e_shnum = static_cast<Elf64_Half>(m_sections.size());
    m_header.e_shstrndx = index;
    std::memcpy(m_content.data(), &m_header, sizeof m_header);
    std::memcpy(m_content.data() + sizeof m_header, m_segments.data(),
                m_segments.size() * sizeof(Elf64_Phdr));
    for (const Elf64_Shdr& section : m_sections) append(m_content, section);
    return std::move(m_content);
  }

 private:
  Elf64_Ehdr m_header;
  std::vector<Elf64_Phdr> m_segments;
  std::vector<Elf64_Shdr> m_sections;
  std::string m_content;
  std::string m_names;
};

Elf64_Shdr sectionOf(Elf64_Word type, Elf64_Xword flags, std::uint64_t address, std::uint64_t bytes = 0) {
  Elf64_Shdr section{};
  section.sh_type = type;
  section.sh_flags = flags;
  section.sh_addr = address;
  section.sh_size = bytes;
  section.sh_addralign = 8;
  return section;
}

/// Sections of code, without their content, and in which of them each exported symbol lies.
void addSymbols(Memory& memory, const std::vector<Elf64_Phdr>& segments, const Dynamic& dynamic,
                Image& image) {
  const std::uint64_t count = symbolCount(memory, dynamic);
  if (count > kMaxBuckets) return;
  std::string symbols = memory.read(dynamic.symbols, count * sizeof(Elf64_Sym));
  std::string strings = memory.read(dynamic.strings, dynamic.stringBytes);
  if (symbols.empty() || strings.empty()) return;
  strings.back() = '\0';
  std::vector<std::uint16_t> code(segments.size(), SHN_ABS);
  for (std::size_t i = 0; i < segments.size(); ++i)
    if (segments[i].p_type == PT_LOAD && (segments[i].p_flags & PF_X) != 0)
      code[i] = image.add(
          ".text", sectionOf(SHT_NOBITS, SHF_ALLOC | SHF_EXECINSTR, segments[i].p_vaddr, segments[i].p_memsz),
          {});
  for (std::uint64_t at = 0; at < symbols.size(); at += sizeof(Elf64_Sym)) {
    Elf64_Sym symbol;
    std::memcpy(&symbol, symbols.data() + at, sizeof symbol);
    if (symbol.st_shndx == SHN_UNDEF) continue;
    symbol.st_shndx = SHN_ABS;
    for (std::size_t i = 0; i < segments.size(); ++i)
      if (code[i] != SHN_ABS && symbol.st_value - segments[i].p_vaddr < segments[i].p_memsz)
        symbol.st_shndx = code[i];
    std::memcpy(symbols.data() + at, &symbol, sizeof symbol);
  }
  const std::uint64_t bias = memory.range().bias;
  Elf64_Shdr text = sectionOf(SHT_STRTAB, SHF_ALLOC, dynamic.strings - bias);
  text.sh_addralign = 1;
  const std::uint16_t names = image.add(".dynstr", text, strings);
  Elf64_Shdr table = sectionOf(SHT_DYNSYM, SHF_ALLOC, dynamic.symbols - bias);
  table.sh_link = names;
  table.sh_info = 1;
  table.sh_entsize = sizeof(Elf64_Sym);
  image.add(".dynsym", table, symbols);
}

/// .eh_frame_hdr, and .eh_frame up to the end of its segment: how long it is, only its own end tells.
void addUnwindInformation(Memory& memory, const std::vector<Elf64_Phdr>& segments, const Elf64_Phdr& header,
                          Image& image) {
  constexpr unsigned char kRelativeInt = 0x1B;  // DW_EH_PE_pcrel | DW_EH_PE_sdata4: what linkers write.
  const std::uint64_t bias = memory.range().bias;
  const std::string content = memory.read(bias + header.p_vaddr, header.p_memsz);
  const auto offset = at<std::int32_t>(content, 4);
  if (!offset || content[1] != static_cast<char>(kRelativeInt)) return;
  const std::uint64_t frames = header.p_vaddr + 4 + static_cast<std::uint64_t>(std::int64_t{*offset});
  const auto segment = std::find_if(segments.begin(), segments.end(), [&](const Elf64_Phdr& s) {
    return s.p_type == PT_LOAD && frames - s.p_vaddr < s.p_filesz;
  });
  if (segment == segments.end()) return;
  std::string rules = memory.read(bias + frames, segment->p_vaddr + segment->p_filesz - frames);
  if (rules.empty()) return;
  image.add(".eh_frame_hdr", sectionOf(SHT_PROGBITS, SHF_ALLOC, header.p_vaddr), content);
  image.add(".eh_frame", sectionOf(SHT_PROGBITS, SHF_ALLOC, frames), rules);
}

}  // namespace

std::optional<std::string> imageInMemory(const UniqueFd& file, const LoadedRange& range, std::size_t room) {
  if (!file || range.end - range.start < kPage) return std::nullopt;
  Memory memory(file, range, room);
  const std::string page = memory.read(range.start, kPage);
  const auto header = at<Elf64_Ehdr>(page, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
      header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_phentsize != sizeof(Elf64_Phdr))
    return std::nullopt;
  std::vector<Elf64_Phdr> segments;
  for (unsigned i = 0; i < header->e_phnum; ++i) {
    const auto segment = at<Elf64_Phdr>(page, header->e_phoff + i * sizeof(Elf64_Phdr));
    if (!segment) return std::nullopt;
    segments.push_back(*segment);
  }
  Image image(*header, segments);
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type == PT_DYNAMIC) addSymbols(memory, segments, dynamicOf(memory, segment), image);
    if (segment.p_type == PT_GNU_EH_FRAME) addUnwindInformation(memory, segments, segment, image);
  }
  // What was there at first must still be: else another binary may have come in between.
  if (memory.read(range.start, kPage) != page) return std::nullopt;
  return image.finish();
}

}  // namespace heaptap::relay
