// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/symbol_table.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "agent/symbols/elf_sections.h"

namespace heaptap::symbols {
namespace {

struct Candidate {
  std::uint64_t address;
  std::uint64_t size;
  std::uint64_t sectionEnd;
  GElf_Sym symbol;
  const char* name;

  /// Smaller is the better name for the same code: public before local, a function before a bare label,
  /// `write` before `__write`.
  [[nodiscard]] auto rank() const {
    return std::tuple(GELF_ST_BIND(symbol.st_info) == STB_LOCAL, GELF_ST_TYPE(symbol.st_info) == STT_NOTYPE,
                      std::strspn(name, "_"), GELF_ST_BIND(symbol.st_info) == STB_WEAK);
  }
};

/// Ends of the sections that hold code; zero for all others.
class CodeSections {
 public:
  std::uint64_t endOf(Elf* elf, GElf_Word index, std::uint64_t bias) {
    const auto [entry, isNew] = m_ends.try_emplace({elf, index});
    if (isNew) {
      const ElfSection section(elf, elf_getscn(elf, index));
      if (section.hasFlags(SHF_EXECINSTR))
        entry->second = section.header().sh_addr + bias + section.header().sh_size;
    }
    return entry->second;
  }

 private:
  std::map<std::pair<Elf*, GElf_Word>, std::uint64_t> m_ends;
};

/// The string tables of symbols. libdwfl gives pointers into them without a look at where they end.
class StringTables {
 public:
  bool hasWhole(Elf* elf, const char* name) {
    const auto [entry, isNew] = m_tables.try_emplace(elf);
    if (isNew) entry->second = tablesOf(elf);
    const auto table =
        std::find_if(entry->second.begin(), entry->second.end(), [name](std::string_view text) {
          return std::less_equal<>{}(text.data(), name) && std::less<>{}(name, text.data() + text.size());
        });
    if (table == entry->second.end()) return false;
    return table->find('\0', static_cast<std::size_t>(name - table->data())) != std::string_view::npos;
  }

 private:
  static std::vector<std::string_view> tablesOf(Elf* elf) {
    std::vector<std::string_view> tables;
    for (const ElfSection section : ElfSections(elf)) {
      const auto type = section.header().sh_type;
      if (type != SHT_SYMTAB && type != SHT_DYNSYM) continue;
      if (const std::string_view names = section.linked().bytes(); !names.empty()) tables.push_back(names);
    }
    return tables;
  }

  std::map<Elf*, std::vector<std::string_view>> m_tables;
};

std::vector<Candidate> codeSymbols(Dwfl_Module* module) {
  std::vector<Candidate> found;
  CodeSections sections;
  StringTables strings;
  const int count = dwfl_module_getsymtab(module);
  for (int i = 1; i < count; ++i) {
    GElf_Sym symbol;
    GElf_Addr address = 0;
    GElf_Word section = SHN_UNDEF;
    Elf* elf = nullptr;
    Dwarf_Addr bias = 0;
    const char* const name = dwfl_module_getsym_info(module, i, &symbol, &address, &section, &elf, &bias);
    if (name == nullptr || section == SHN_UNDEF || elf == nullptr) continue;
    if (section >= SHN_LORESERVE && section <= SHN_HIRESERVE) continue;
    const auto type = GELF_ST_TYPE(symbol.st_info);
    if (type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE) continue;
    const std::uint64_t end = sections.endOf(elf, section, bias);
    if (end <= address || !strings.hasWhole(elf, name) || *name == '\0') continue;
    found.push_back({address, std::min(symbol.st_size, end - address), end, symbol, name});
  }
  std::sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
    if (a.address != b.address) return a.address < b.address;
    if (a.size != b.size) return a.size > b.size;
    return a.rank() < b.rank();
  });
  return found;
}

}  // namespace

SymbolTable::SymbolTable(Dwfl_Module* module) : m_module(module) {
  const auto found = codeSymbols(module);
  for (auto symbol = found.begin(); symbol != found.end();) {
    // Names for the same address and size lie together, the best one first.
    const auto next = std::find_if(symbol, found.end(), [symbol](const Candidate& other) {
      return other.address != symbol->address || other.size != symbol->size;
    });
    const Named named{symbol->address, symbol->name};
    if (symbol->size != 0) {
      m_sized.add({symbol->address, symbol->address + symbol->size}, named);
    } else {
      const std::uint64_t end =
          next == found.end() ? symbol->sectionEnd : std::min(symbol->sectionEnd, next->address);
      m_sizeless.add({symbol->address, end}, named);
    }
    symbol = next;
  }
  m_sized.seal();
  m_sizeless.seal();
  m_isComplete = std::any_of(found.begin(), found.end(), [](const Candidate& candidate) {
    return GELF_ST_BIND(candidate.symbol.st_info) == STB_LOCAL;
  });
}

const FunctionBounds& SymbolTable::bounds() {
  if (!m_bounds) {
    GElf_Addr bias = 0;
    Elf* const elf = dwfl_module_getelf(m_module, &bias);
    m_bounds.emplace(elf, bias);
  }
  return *m_bounds;
}

const char* SymbolTable::find(std::uint64_t address) {
  const auto first = [address](const IntervalIndex<Named>& symbols, auto&& isRight) {
    const char* name = nullptr;
    symbols.find(address, [&](const Named& symbol) {
      if (!isRight(symbol)) return false;
      name = symbol.name;
      return true;
    });
    return name;
  };
  const auto any = [](const Named&) { return true; };
  const char* const bySize = first(m_sized, any);
  const char* const byPlace = first(m_sizeless, any);
  if (byPlace == nullptr && (bySize == nullptr || m_isComplete)) return bySize;

  const auto function = bounds().around(address);
  const auto isWithin = [&](const Named& symbol) { return symbol.begin >= function->begin; };
  if (function) {
    if (const char* const name = first(m_sized, isWithin)) return name;
    if (const char* const name = first(m_sizeless, isWithin)) return name;
    // A function may have several descriptions; but of those that were stripped it is not known where they
    // begin.
    return m_isComplete ? bySize : nullptr;
  }
  if (bySize != nullptr || !m_isComplete) return bySize;
  return first(m_sizeless,
               [&](const Named& symbol) { return !bounds().isBoundBetween(symbol.begin, address); });
}

}  // namespace heaptap::symbols
