// SPDX-License-Identifier: Apache-2.0
// hide_symbols FROM TO PREFIX SONAME: copies a shared library and hides each symbol that does not begin with
// PREFIX.
//
// A distribution's allocator library replaces malloc for every program that is linked with it. The dynamic
// linker passes over hidden symbols (gABI, chapter 4, "Symbol Visibility"), while the library's own
// references still bind to them by index: so the copy keeps its names to itself. The static linker would take
// them nevertheless, hence they also lose their names. Hash tables know no visibility, and a hash without its
// name finds nothing: nothing has to be laid out anew. The copy gets a name of its own, of the same length,
// so that the loader does not take it for the original.
#include <elf.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

namespace {

/// The tables of the dynamic section, as spans into the file. Each is empty when the file does not hold
/// together.
struct Library {
  explicit Library(std::string& bytes) : m_bytes(bytes) {
    if (bytes.size() < sizeof(Elf64_Ehdr) || bytes.compare(0, SELFMAG, ELFMAG) != 0) return;
    const auto& header = *reinterpret_cast<const Elf64_Ehdr*>(bytes.data());
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_shentsize != sizeof(Elf64_Shdr)) return;
    const auto sections = table<Elf64_Shdr>(header.e_shoff, header.e_shnum * sizeof(Elf64_Shdr));
    for (const Elf64_Shdr& section : sections) {
      if (section.sh_type != SHT_DYNSYM && section.sh_type != SHT_DYNAMIC) continue;
      if (section.sh_link >= sections.size()) return;
      const Elf64_Shdr& text = sections[section.sh_link];
      names = table<char>(text.sh_offset, text.sh_size);
      if (section.sh_type == SHT_DYNSYM) symbols = table<Elf64_Sym>(section.sh_offset, section.sh_size);
      if (section.sh_type == SHT_DYNAMIC) entries = table<Elf64_Dyn>(section.sh_offset, section.sh_size);
    }
  }

  std::string_view nameAt(std::size_t offset) const {
    return offset < names.size() ? std::string_view(&names[offset]) : std::string_view();
  }

  std::span<Elf64_Sym> symbols;
  std::span<Elf64_Dyn> entries;
  std::span<char> names;

 private:
  template <class T>
  std::span<T> table(std::size_t offset, std::size_t size) const {
    if (offset > m_bytes.size() || size > m_bytes.size() - offset || offset % alignof(T) != 0) return {};
    return {reinterpret_cast<T*>(m_bytes.data() + offset), size / sizeof(T)};
  }

  std::string& m_bytes;
};

std::size_t hideAllBut(std::string_view prefix, Library& library) {
  std::size_t hidden = 0;
  for (Elf64_Sym& symbol : library.symbols) {
    if (symbol.st_shndx == SHN_UNDEF || library.nameAt(symbol.st_name).starts_with(prefix)) continue;
    symbol.st_other = static_cast<unsigned char>((symbol.st_other & ~3) | STV_HIDDEN);
    symbol.st_name = 0;
    ++hidden;
  }
  return hidden;
}

bool rename(Library& library, std::string_view name) {
  for (const Elf64_Dyn& entry : library.entries) {
    if (entry.d_tag != DT_SONAME) continue;
    if (library.nameAt(entry.d_un.d_val).size() != name.size()) return false;
    std::memcpy(&library.names[entry.d_un.d_val], name.data(), name.size());
    return true;
  }
  return false;
}

int fail(const char* where, const char* what) {
  std::fprintf(stderr, "hide_symbols: %s: %s\n", where, what);
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) return fail("usage", "hide_symbols FROM TO PREFIX SONAME");
  std::ifstream from(arguments[1], std::ios::binary);
  if (!from) return fail(arguments[1], "cannot be read");
  std::string bytes{std::istreambuf_iterator<char>(from), std::istreambuf_iterator<char>()};
  Library library(bytes);
  if (hideAllBut(arguments[3], library) == 0)
    return fail(arguments[1], "no 64-bit shared library with symbols to hide");
  if (!rename(library, arguments[4]))
    return fail(arguments[1], "its SONAME has not the length of the new one");
  std::ofstream to(arguments[2], std::ios::binary | std::ios::trunc);
  if (!to.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush())
    return fail(arguments[2], "cannot be written");
  return 0;
}
