// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/operator_calls.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "agent/symbols/allocator_functions.h"

namespace heaptap::symbols {
namespace {

using namespace std::string_view_literals;
using Kind = CalledAllocator::Kind;
using What = CalledAllocator::What;

/// Without a name: no larger than what a compiler makes of a call of free or malloc and little else; the
/// operators new of C++ runtimes, which ask for memory until there is some, are larger.
constexpr std::uint64_t kSmallOperator = 96;
constexpr std::size_t kCallsOfSmallOperator = 3;
constexpr std::uint64_t kLargestOperator = 512;

/// Bounds the work on files made for it.
constexpr std::size_t kMaxVisited = 256;

constexpr std::array kAllocates = {"malloc"sv,         "calloc"sv, "aligned_alloc"sv, "memalign"sv,
                                   "posix_memalign"sv, "valloc"sv, "pvalloc"sv};

bool isAllocation(std::string_view name) {
  return std::find(kAllocates.begin(), kAllocates.end(), name) != kAllocates.end();
}

bool isOfNew(std::string_view name) { return name.starts_with("_Znwm") || name.starts_with("_Znam"); }
bool isOfDelete(std::string_view name) { return name.starts_with("_ZdlPv") || name.starts_with("_ZdaPv"); }

std::optional<Kind> operatorKind(const char* name) {
  if (name == nullptr || !(isOfNew(name) || isOfDelete(name))) return std::nullopt;
  if (!AllocatorFunctions(AllocatorFunctions::Module::Program).contain(name, "")) return std::nullopt;
  const std::string_view linkage = name;
  const bool isArray = linkage.starts_with("_Zna") || linkage.starts_with("_Zda");
  if (linkage.find("St11align_val_t") != std::string_view::npos)
    return isArray ? Kind::AlignedArray : Kind::AlignedSingle;
  return isArray ? Kind::Array : Kind::Single;
}

/// What only C++ code needs of others.
bool isOfCpp(std::string_view name) {
  return name.starts_with("_ZT") || name.starts_with("_ZNSt") || name.starts_with("_ZSt") ||
         name == "__gxx_personality_v0" || name == "__cxa_throw" || name == "__cxa_begin_catch" ||
         name == "__cxa_pure_virtual" || name == "__cxa_guard_acquire";
}

/// A C++ runtime of its own: the name of bad_alloc's type is nowhere else.
bool hasRuntime(Elf* elf) {
  constexpr std::string_view kName = "St9bad_alloc\0"sv;
  for (const ElfSection section : ElfSections(elf)) {
    if (section.header().sh_type != SHT_PROGBITS || !section.hasFlags(SHF_ALLOC) ||
        section.hasFlags(SHF_EXECINSTR) || section.hasFlags(SHF_WRITE))
      continue;
    const std::string_view bytes = section.bytes();
    for (auto at = bytes.find(kName); at != std::string_view::npos; at = bytes.find(kName, at + 1))
      if (at == 0 || static_cast<unsigned char>(bytes[at - 1]) <= ' ') return true;
  }
  return false;
}

}  // namespace

OperatorCalls::OperatorCalls(Elf* elf, std::uint64_t bias, SymbolTable& symbols)
    : m_code(elf, bias), m_bounds(elf, bias), m_symbols(symbols), m_isCpp(hasRuntime(elf)) {
  for (const ElfSection section : ElfSections(elf)) {
    if (section.header().sh_type == SHT_DYNSYM) readDynamicSymbols(section, bias);
    if (section.header().sh_type == SHT_RELA && section.hasFlags(SHF_ALLOC)) readRelocations(section, bias);
  }
}

void OperatorCalls::readDynamicSymbols(const ElfSection& section, std::uint64_t bias) {
  Elf_Data* const entries = section.entries();
  const std::string_view names = section.linked().bytes();
  GElf_Sym symbol;
  for (int i = 1; gelf_getsym(entries, i, &symbol) != nullptr; ++i) {
    const std::string_view name = textAt(names, symbol.st_name);
    if (name.empty()) continue;
    if (symbol.st_shndx == SHN_UNDEF)
      m_isCpp |= isOfCpp(name);
    else if (GELF_ST_TYPE(symbol.st_info) == STT_FUNC)
      m_exports.emplace(name, symbol.st_value + bias);
  }
}

void OperatorCalls::readRelocations(const ElfSection& section, std::uint64_t bias) {
  const ElfSection symbols = section.linked();
  if (symbols.header().sh_type != SHT_DYNSYM) return;
  Elf_Data* const entries = section.entries();
  Elf_Data* const symbolEntries = symbols.entries();
  const std::string_view names = symbols.linked().bytes();
  GElf_Rela relocation;
  GElf_Sym symbol;
  for (int i = 0; gelf_getrela(entries, i, &relocation) != nullptr; ++i) {
    const auto type = GELF_R_TYPE(relocation.r_info);
    if (type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT && type != R_X86_64_64) continue;
    const auto index = static_cast<int>(GELF_R_SYM(relocation.r_info));
    if (gelf_getsym(symbolEntries, index, &symbol) == nullptr) continue;
    const std::string_view name = textAt(names, symbol.st_name);
    if (name.empty()) continue;
    m_imports[static_cast<int>(Side::New)] |= isOfNew(name);
    m_imports[static_cast<int>(Side::Delete)] |= isOfDelete(name);
    if (type != R_X86_64_64) m_slots.emplace(relocation.r_offset + bias, name);
  }
}

bool OperatorCalls::mayOwnFor(const std::string& allocatorFunction) const {
  return mayOwn(allocatorFunction == "free" ? Side::Delete : Side::New);
}

CalledAllocator OperatorCalls::through(const MachineCode::Jump& jump, unsigned jumps) {
  if (!jump.isPointer) return functionAt(jump.target, jumps + 1);
  const auto slot = m_slots.find(jump.target);
  if (slot == m_slots.end()) return {};
  const bool isAllocator = slot->second == "free" || isAllocation(slot->second);
  return {.what = isAllocator ? What::Itself : What::Unknown, .function = slot->second};
}

CalledAllocator OperatorCalls::functionAt(std::uint64_t begin, unsigned jumps) {
  if (jumps > kMaxJumps || m_visited.size() >= kMaxVisited || !m_visited.insert(begin).second) return {};
  if (m_code.isLinkage(begin)) {
    const auto jump = m_code.onlyJump(begin);
    return jump && jump->isPointer ? through(*jump, jumps) : CalledAllocator();
  }
  const auto function = m_bounds.around(begin);
  if (function && function->begin != begin) return {};
  const char* const name = m_symbols.find(begin);
  if (const auto kind = operatorKind(name)) return {.what = What::Operator, .kind = *kind};
  if (const auto jump = m_code.onlyJump(begin);
      jump && (jump->isPointer || !function || !function->contains(jump->target))) {
    CalledAllocator called = through(*jump, jumps);
    const bool isDirect = jump->isPointer || m_code.isLinkage(jump->target);
    if (called.what == What::Itself && name == nullptr && isDirect && mayOwnFor(called.function))
      called.what = What::Operator;
    return called;
  }
  return function ? throughBodyOf(*function, jumps) : CalledAllocator();
}

CalledAllocator OperatorCalls::throughBodyOf(const AddressRange& function, unsigned jumps) {
  CalledAllocator best;
  const std::uint64_t size = function.end - function.begin;
  if (size > m_mayRead) return best;
  m_mayRead -= size;
  for (const MachineCode::Jump& jump : m_code.jumpsOut(function)) {
    if (!jump.isPointer && !m_code.isLinkage(jump.target)) {
      const auto other = m_bounds.around(jump.target);
      if (!other || other->begin != jump.target) continue;
    }
    CalledAllocator called = through(jump, jumps);
    if (called.what > best.what || best.function.empty()) best = std::move(called);
    if (best.what == What::Operator) break;
  }
  return best;
}

bool OperatorCalls::isOperatorAround(std::uint64_t address, const CalledAllocator& called) const {
  const auto function = m_bounds.around(address);
  if (!function || called.what != What::Itself || !mayOwnFor(called.function)) return false;
  const std::uint64_t size = function->end - function->begin;
  if (size <= kSmallOperator && m_code.calls(*function) <= kCallsOfSmallOperator) return true;
  return called.function != "free" && size <= kLargestOperator && m_code.callsRegister(*function);
}

CalledAllocator OperatorCalls::calledBefore(std::uint64_t address) {
  const char* const name = m_symbols.find(address - 1);
  // Of which kind is open: the operators of arrays end in a jump to the others.
  if (operatorKind(name)) return {.what = What::Operator};
  const auto call = m_code.callBefore(address);
  if (!call) return {};
  m_visited.clear();
  CalledAllocator called = through(*call, 0);
  if (name == nullptr && isOperatorAround(address - 1, called)) called.what = What::Operator;
  return called;
}

std::optional<CalledAllocator> OperatorCalls::calledByName(const std::string& name) {
  const auto found = m_exports.find(name);
  if (found == m_exports.end()) return std::nullopt;
  m_visited.clear();
  return functionAt(found->second, 0);
}

bool OperatorCalls::any() {
  if (m_any) return *m_any;
  const auto isOwn = [this](const AddressRange& function) {
    const char* const name = m_symbols.find(function.begin);
    if (operatorKind(name)) {
      const Side side = isOfNew(name) ? Side::New : Side::Delete;
      return !m_imports[static_cast<int>(side)] && !m_exports.contains(name);
    }
    if (name != nullptr || function.end - function.begin > kSmallOperator || !mayOwn(Side::Delete))
      return false;
    m_visited.clear();
    return m_code.onlyJump(function.begin) && functionAt(function.begin, 0).what == What::Operator;
  };
  m_any = std::any_of(m_bounds.all().begin(), m_bounds.all().end(), isOwn);
  return *m_any;
}

}  // namespace heaptap::symbols
