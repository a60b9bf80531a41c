// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/debug_compression.h"

#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include "agent/symbols/elf_sections.h"
#include "agent/symbols/regular_file.h"

namespace heaptap::symbols {
namespace {

using namespace std::string_view_literals;

/// elf.h has it from glibc 2.37 on (gABI, "Compressed Sections").
constexpr std::uint32_t kCompressedByZstd = 2;

/// Those that libdw needs for functions, files and lines; the others are as large together.
constexpr std::array kReadSections = {"info"sv,        "types"sv,    "abbrev"sv,   "str"sv,
                                      "str_offsets"sv, "line"sv,     "line_str"sv, "addr"sv,
                                      "ranges"sv,      "rnglists"sv, "cu_index"sv, "tu_index"sv};

bool isDebugInformation(std::string_view name) {
  return name.starts_with(".debug_") || name.starts_with(".zdebug_");
}

bool isRead(std::string_view name) {
  name.remove_prefix(name.find('_') + 1);
  if (name.ends_with(".dwo")) name.remove_suffix(4);
  return std::find(kReadSections.begin(), kReadSections.end(), name) != kReadSections.end();
}

std::optional<Elf64_Chdr> compressionOf(const ElfSection& section) {
  Elf64_Chdr header;
  const std::string_view bytes = section.bytes();
  if (!section.hasFlags(SHF_COMPRESSED) || bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  return header;
}

/// A copy in the making.
class Copy {
 public:
  Copy(const UniqueFd& file, Elf* elf, Compressed which, const CopyLimits& limits)
      : m_file(file), m_elf(elf), m_which(which), m_limits(limits), m_end(sizeOf(file)) {}

  UniqueFd make() {
    m_copy = fileInMemory();
    if (!m_copy || !copyHeaders()) return {};
    for (std::size_t i = 1; i < m_headers.size(); ++i)
      if (!take(ElfSection(m_elf, elf_getscn(m_elf, i)), m_headers[i])) return {};
    // The original length at least: whoever checks offsets against it finds them within.
    if (::ftruncate(m_copy.get(), static_cast<off_t>(m_end)) != 0) return {};
    if (!writeAt(m_copy, m_header.e_shoff, m_headers.data(), m_headers.size() * sizeof m_headers[0]))
      return {};
    return std::move(m_copy);
  }

 private:
  bool copyHeaders() {
    std::size_t sections = 0;
    if (!readAt(m_file, 0, &m_header, sizeof m_header) ||
        std::memcmp(m_header.e_ident, ELFMAG, SELFMAG) != 0 || m_header.e_ident[EI_CLASS] != ELFCLASS64 ||
        m_header.e_ident[EI_DATA] != ELFDATA2LSB || m_header.e_shentsize != sizeof(Elf64_Shdr) ||
        elf_getshdrnum(m_elf, &sections) != 0 || sections > m_end / sizeof(Elf64_Shdr)) {
      return false;
    }
    m_headers.resize(sections);
    if (!readAt(m_file, m_header.e_shoff, m_headers.data(), sections * sizeof m_headers[0])) return false;
    const std::uint64_t segments = std::uint64_t{m_header.e_phnum} * m_header.e_phentsize;
    return copy(0, sizeof m_header) && (segments == 0 || copy(m_header.e_phoff, segments));
  }

  /// Returns false where the copy cannot be made; a section that cannot be read is left out.
  bool take(const ElfSection& section, Elf64_Shdr& header) {
    if (!section.isReadable() || header.sh_type == SHT_NOBITS || header.sh_size == 0) return true;
    const std::string_view name = section.name();
    if ((header.sh_flags & SHF_ALLOC) != 0 && header.sh_type != SHT_NOTE) {
      header.sh_type = SHT_NOBITS;
      return true;
    }
    if (!isDebugInformation(name)) return copy(header.sh_offset, header.sh_size);
    if (!isRead(name)) {
      leaveOut(header);
      return true;
    }
    const auto compression = compressionOf(section);
    if (compression && compression->ch_type == kCompressedByZstd)
      return decompress(section.bytes(), *compression, header);
    if (compression && m_which == Compressed::InAnyWay)
      return inflate(elf_getscn(m_elf, indexOf(header)), header);
    return copy(header.sh_offset, header.sh_size);
  }

  std::size_t indexOf(const Elf64_Shdr& header) const {
    return static_cast<std::size_t>(&header - m_headers.data());
  }

  static void leaveOut(Elf64_Shdr& header) {
    header.sh_type = SHT_NOBITS;
    header.sh_size = 0;
    header.sh_flags &= ~std::uint64_t{SHF_COMPRESSED};
  }

  /// To the same offset. Sections may overlap, and each claim the whole file: the limit is of all together.
  bool copy(std::uint64_t offset, std::uint64_t size) {
    if (!spend(size)) return false;
    std::vector<char> part(std::min<std::uint64_t>(size, 1 << 20));
    while (size != 0) {
      const std::size_t length = std::min<std::uint64_t>(size, part.size());
      if (!readAt(m_file, offset, part.data(), length) || !writeAt(m_copy, offset, part.data(), length))
        return false;
      offset += length;
      size -= length;
    }
    return true;
  }

  bool spend(std::uint64_t size) {
    if (size > m_limits.bytes - m_spent) return false;
    m_spent += size;
    return true;
  }

  /// To the end of the copy, straight into its pages: what is not there yet takes no memory.
  bool decompress(std::string_view bytes, const Elf64_Chdr& compression, Elf64_Shdr& header) {
    const std::string_view packed = bytes.substr(sizeof compression);
    if (compression.ch_size == 0 || compression.ch_size / m_limits.timesCompressed > packed.size()) {
      leaveOut(header);
      return true;
    }
    if (!spend(compression.ch_size)) return false;
    constexpr std::uint64_t kPage = 4096;
    const std::uint64_t begin = (m_end + kPage - 1) / kPage * kPage;
    const std::size_t size = compression.ch_size;
    if (::ftruncate(m_copy.get(), static_cast<off_t>(begin + size)) != 0) return false;
    void* const to =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, m_copy.get(), static_cast<off_t>(begin));
    if (to == MAP_FAILED) return false;
    const std::size_t got = ZSTD_decompress(to, size, packed.data(), packed.size());
    ::munmap(to, size);
    m_end = begin + size;
    if (ZSTD_isError(got) != 0 || got != size)
      leaveOut(header);
    else
      place(header, begin, size, compression.ch_addralign);
    return true;
  }

  /// With libelf, which has limits of its own.
  bool inflate(Elf_Scn* section, Elf64_Shdr& header) {
    GElf_Chdr compression;
    if (gelf_getchdr(section, &compression) == nullptr || !spend(compression.ch_size) ||
        elf_compress(section, 0, 0) < 0) {
      leaveOut(header);
      return true;
    }
    const Elf_Data* const data = elf_getdata(section, nullptr);
    if (data == nullptr || data->d_buf == nullptr || !writeAt(m_copy, m_end, data->d_buf, data->d_size))
      return false;
    place(header, m_end, data->d_size, 1);
    m_end += data->d_size;
    return true;
  }

  static void place(Elf64_Shdr& header, std::uint64_t offset, std::uint64_t size, std::uint64_t alignment) {
    header.sh_offset = offset;
    header.sh_size = size;
    header.sh_addralign = alignment;
    header.sh_flags &= ~std::uint64_t{SHF_COMPRESSED};
  }

  const UniqueFd& m_file;
  Elf* const m_elf;
  const Compressed m_which;
  const CopyLimits m_limits;
  UniqueFd m_copy;
  std::uint64_t m_end;  ///< Of the copy.
  std::uint64_t m_spent = 0;
  Elf64_Ehdr m_header{};
  std::vector<Elf64_Shdr> m_headers;
};

}  // namespace

bool hasZstdSections(Elf* elf) {
  for (const ElfSection section : ElfSections(elf)) {
    if (!section.hasFlags(SHF_COMPRESSED) || !isDebugInformation(section.name())) continue;
    const auto compression = compressionOf(section);
    if (compression && compression->ch_type == kCompressedByZstd) return true;
  }
  return false;
}

UniqueFd copyDecompressed(const UniqueFd& file, Elf* elf, Compressed which, const CopyLimits& limits) {
  return Copy(file, elf, which, limits).make();
}

}  // namespace heaptap::symbols
