// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/compile_unit.h"

#include <cstring>

namespace heaptap::symbols {
namespace {

bool isType(int tag) {
  return tag == DW_TAG_class_type || tag == DW_TAG_structure_type || tag == DW_TAG_union_type ||
         tag == DW_TAG_enumeration_type;
}

}  // namespace

bool CompileUnit::appendFunctions(std::uint64_t address, std::string_view symbol, FunctionNames& names,
                                  Effort& effort, std::vector<SourceLine>& lines) {
  Function* const function = functionAt(address, effort);
  if (function == nullptr) return false;
  if (!function->expanded) {
    function->expanded = true;
    collectCalls(function->die, kNoParent, 0, effort, function->calls);
  }

  // In preorder the calls that contain the address come from the outside inwards.
  std::vector<InlinedCall*> chain;
  for (std::size_t i = 0, parent = kNoParent; i < function->calls.size(); ++i) {
    InlinedCall& call = function->calls[i];
    if (call.parent != parent) continue;
    for (const AddressRange& range : call.ranges) {
      if (!range.contains(address)) continue;
      chain.push_back(&call);
      parent = i;
      break;
    }
  }

  SourceLine place = lineOf(address).value_or(SourceLine{});
  for (auto call = chain.rbegin(); call != chain.rend(); ++call) {
    Dwarf_Die& die = (*call)->function;
    const FunctionName& name = names.of(die, {});
    place.function = name.text;
    place.inlined = true;
    place.allocator =
        name.isAllocator || (isRust() ? AllocatorFunctions::containInlinedRust(name.text, place.file)
                                      : AllocatorFunctions::containInlined(name.text, place.file));
    lines.push_back(std::move(place));
    place = {};
    if (const auto number = ownNumber(die, DW_AT_call_file)) {
      if (const char* const path = file(*number)) place.file = absolute(path);
    }
    place.line = static_cast<std::uint32_t>(ownNumber(die, DW_AT_call_line).value_or(0));
  }
  const FunctionName& name = names.of(function->die, symbol);
  place.function = name.text;
  place.allocator = name.isAllocator;
  lines.push_back(std::move(place));
  return true;
}

std::optional<SourceLine> CompileUnit::lineOf(std::uint64_t address) {
  Dwarf_Line* const row = dwarf_getsrc_die(&m_unit, address);
  if (row == nullptr) return std::nullopt;
  SourceLine place;
  if (const char* const path = dwarf_linesrc(row, nullptr, nullptr)) place.file = absolute(path);
  int line = 0;
  if (dwarf_lineno(row, &line) == 0 && line > 0) place.line = static_cast<std::uint32_t>(line);
  return place;
}

CompileUnit::Function* CompileUnit::functionAt(std::uint64_t address, Effort& effort) {
  std::size_t found = 0;
  const auto take = [&found](std::size_t position) {
    found = position;
    return true;
  };
  const auto collect = [this, &effort](Depth depth) {
    m_functions.clear();
    m_index = {};
    Dwarf_Die die = codeDie();
    collectFunctions(die, depth, 0, effort);
    m_index.seal();
  };
  if (!m_collected) {
    m_collected = true;
    collect(Depth::Scopes);
  }
  if (m_index.find(address, take)) return &m_functions[found];
  if (m_collectedEverything) return nullptr;
  m_collectedEverything = true;
  collect(Depth::Everything);
  return m_index.find(address, take) ? &m_functions[found] : nullptr;
}

/// Functions with code are children of the unit or of namespaces, with rare exceptions (nested functions,
/// some members of local classes). Only when an address is not found there, everything is searched: types
/// are most of the debug information and cost most of the time.
void CompileUnit::collectFunctions(Dwarf_Die& parent, Depth depth, unsigned nesting, Effort& effort) {
  if (nesting > kMaxNesting) return;
  forEachChild(parent, effort, [&](Dwarf_Die& child) {
    const int tag = dwarf_tag(&child);
    if (tag == DW_TAG_subprogram) {
      const auto ranges = codeRanges(child, effort);
      for (const AddressRange& range : ranges) m_index.add(range, m_functions.size());
      if (!ranges.empty()) m_functions.push_back({.die = child, .calls = {}});
    }
    const bool descend = depth == Depth::Everything ||
                         (tag != DW_TAG_subprogram && !isType(tag) && dwarf_haschildren(&child) == 1);
    if (descend) collectFunctions(child, depth, nesting + 1, effort);
    return true;
  });
}

void CompileUnit::collectCalls(Dwarf_Die& parent, std::size_t parentCall, unsigned nesting, Effort& effort,
                               std::vector<InlinedCall>& calls) {
  if (nesting > kMaxNesting) return;
  forEachChild(parent, effort, [&](Dwarf_Die& child) {
    std::size_t call = parentCall;
    switch (dwarf_tag(&child)) {
      case DW_TAG_inlined_subroutine:
        if (!effort.spend(Effort::kKeep)) return false;
        call = calls.size();
        calls.push_back({child, parentCall, codeRanges(child, effort)});
        break;
      case DW_TAG_lexical_block:
      case DW_TAG_try_block:
      case DW_TAG_catch_block:
      case DW_TAG_with_stmt: break;
      default: return true;
    }
    collectCalls(child, call, nesting + 1, effort, calls);
    return true;
  });
}

/// Where the functions are: with split DWARF in another file, if that can be found.
Dwarf_Die CompileUnit::codeDie() {
  if (!m_code) m_code = m_splits->find(m_unit).value_or(m_unit);
  return *m_code;
}

bool CompileUnit::isRust() {
  if (!m_isRust) {
    Dwarf_Die die = codeDie();
    m_isRust = dwarf_srclang(&die) == DW_LANG_Rust;
  }
  return *m_isRust;
}

const char* CompileUnit::file(std::uint64_t number) {
  if (!m_filesRead) {
    m_filesRead = true;
    Dwarf_Die die = codeDie();
    const bool isSplit = die.addr != m_unit.addr;
    const char* const producer = isSplit ? ownString(die, DW_AT_producer) : nullptr;
    // LLVM's split units have their skeleton's table of files; the one beside them, which libdw takes first,
    // is that of their type units.
    const bool isLlvm = producer != nullptr && (std::strstr(producer, "clang") != nullptr ||
                                                std::strstr(producer, "LLVM") != nullptr);
    Dwarf_Die& first = isLlvm ? m_unit : die;
    Dwarf_Die& second = isLlvm ? die : m_unit;
    // A full unit without a table of files has its skeleton's.
    if (dwarf_getsrcfiles(&first, &m_files, &m_fileCount) != 0 &&
        (!isSplit || dwarf_getsrcfiles(&second, &m_files, &m_fileCount) != 0)) {
      m_files = nullptr;
    }
  }
  if (m_files == nullptr || number >= m_fileCount) return nullptr;
  return dwarf_filesrc(m_files, number, nullptr, nullptr);
}

std::string CompileUnit::absolute(const char* path) {
  // libdw does this itself for DWARF 4, and for the folders of DWARF 5 that are not relative again.
  const char* const folder = *path == '/' ? nullptr : ownString(m_unit, DW_AT_comp_dir);
  if (folder == nullptr) return path;
  std::string whole = std::string(folder) + '/';
  // A build that hides where it was made has relative folders (-ffile-prefix-map); libdw has joined them,
  // too.
  whole = *folder != '/' && std::string_view(path).starts_with(whole) ? path : whole + path;
  while (whole.starts_with("./")) whole.erase(0, 2);
  return whole;
}

}  // namespace heaptap::symbols
