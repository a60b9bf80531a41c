// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/elf_module.h"

#include <fcntl.h>
#include <gelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "agent/symbols/demangle.h"
#include "agent/symbols/elf_sections.h"
#include "agent/symbols/string_sections.h"

namespace heaptap::symbols {
namespace {

/// Files up to this size are read into memory as needed; larger ones are mapped. Mapping a file that someone
/// shortens meanwhile ends in SIGBUS, and what gets overwritten in place is what a developer just built.
constexpr off_t kMaxReadBytes = off_t{256} << 20;

/// The addresses that the file's segments ask for, in whole pages; nothing for other kinds of file.
std::optional<AddressRange> segmentSpan(Elf* elf) {
  GElf_Ehdr memory;
  const GElf_Ehdr* const header = gelf_getehdr(elf, &memory);
  if (header == nullptr || (header->e_type != ET_EXEC && header->e_type != ET_DYN)) return std::nullopt;
  std::size_t count = 0;
  if (elf_getphdrnum(elf, &count) != 0) return std::nullopt;
  AddressRange span{UINT64_MAX, 0};
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf, static_cast<int>(i), &segment) == nullptr || segment.p_type != PT_LOAD) continue;
    const std::uint64_t page = std::max<std::uint64_t>(segment.p_align, 1);
    span.begin = std::min(span.begin, segment.p_vaddr - segment.p_vaddr % page);
    span.end = std::max(span.end, segment.p_vaddr + segment.p_memsz);
  }
  if (span.begin >= span.end) return std::nullopt;
  return span;
}

/// The name that a library has for the loader; empty when it has none.
std::string_view libraryName(Elf* elf) {
  for (const ElfSection section : ElfSections(elf)) {
    if (section.header().sh_type != SHT_DYNAMIC) continue;
    Elf_Data* const entries = section.entries();
    GElf_Dyn entry;
    for (int i = 0; gelf_getdyn(entries, i, &entry) != nullptr && entry.d_tag != DT_NULL; ++i)
      if (entry.d_tag == DT_SONAME) return textAt(section.linked().bytes(), entry.d_un.d_val);
  }
  return {};
}

bool hasSection(Elf* elf, std::string_view wanted) {
  const ElfSections sections(elf);
  return std::any_of(sections.begin(), sections.end(),
                     [wanted](const ElfSection& section) { return section.name() == wanted; });
}

/// By what the linker has written into the file, not by what it is called or where it lies.
AllocatorFunctions::Module kindOf(Elf* elf) {
  const std::string_view name = libraryName(elf);
  if (name == "libheaptap.so.1" || name == "libheaptap_preload.so")
    return AllocatorFunctions::Module::Heaptap;
  // Where malloc is heaptap's adapters (HEAPTAP_ROUTE_MALLOC), there is this section.
  if (name == "libc.so.6" || hasSection(elf, "heaptap_malloc"))
    return AllocatorFunctions::Module::DefinesMalloc;
  return AllocatorFunctions::Module::Program;
}

}  // namespace

std::unique_ptr<ElfModule> ElfModule::open(const ModuleFile& file, const std::string& debugPath) {
  std::unique_ptr<ElfModule> module(new ElfModule(file, debugPath));
  if (!module->start()) return nullptr;
  return module;
}

ElfModule::ElfModule(const ModuleFile& file, const std::string& debugPath)
    : m_file(file),
      m_debugPath(debugPath),
      m_debugPathStart(m_debugPath.data()),
      m_callbacks{.find_elf = &ElfModule::findElf,
                  .find_debuginfo = &ElfModule::findDebugInfo,
                  .section_address = nullptr,
                  .debuginfo_path = &m_debugPathStart} {}

ElfModule::~ElfModule() {
  m_operators.reset();
  m_debugInfo.reset();
  m_symbols.reset();
  if (m_session != nullptr) dwfl_end(m_session);
  if (m_elf != nullptr) elf_end(m_elf);
  if (m_descriptor >= 0) ::close(m_descriptor);
}

bool ElfModule::openFile() {
  // O_NONBLOCK: the path may by now name a FIFO.
  m_descriptor = ::open(m_file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status {};
  if (m_descriptor < 0 || ::fstat(m_descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return false;
  m_elf = elf_begin(m_descriptor, status.st_size <= kMaxReadBytes ? ELF_C_READ : ELF_C_READ_MMAP, nullptr);
  return m_elf != nullptr && elf_kind(m_elf) == ELF_K_ELF;
}

bool ElfModule::openImage() {
  // libelf takes it as writable, and writes nothing unless it is asked to.
  m_elf = elf_memory(const_cast<char*>(m_file.image->data()), m_file.image->size());
  return m_elf != nullptr && elf_kind(m_elf) == ELF_K_ELF;
}

bool ElfModule::start() {
  elf_version(EV_CURRENT);
  if (!(m_file.image ? openImage() : openFile())) return false;
  const auto span = segmentSpan(m_elf);
  if (!span) return false;

  m_session = dwfl_begin(&m_callbacks);
  if (m_session == nullptr) return false;
  dwfl_report_begin(m_session);
  m_module = dwfl_report_module(m_session, m_file.displayPath.c_str(), span->begin, span->end);
  if (m_module == nullptr) return false;
  void** user = nullptr;
  dwfl_module_info(m_module, &user, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
  *user = this;
  dwfl_report_end(m_session, nullptr, nullptr);
  if (dwfl_module_getelf(m_module, &m_bias) == nullptr) return false;

  if (!m_file.buildId.empty()) {
    const unsigned char* bits = nullptr;
    GElf_Addr where = 0;
    const int length = dwfl_module_build_id(m_module, &bits, &where);
    if (length < 0 || static_cast<std::size_t>(length) != m_file.buildId.size() ||
        std::memcmp(bits, m_file.buildId.data(), m_file.buildId.size()) != 0) {
      return false;
    }
  }
  GElf_Addr bias = 0;
  m_allocators = AllocatorFunctions(kindOf(dwfl_module_getelf(m_module, &bias)));
  Dwarf* const dwarf = dwfl_module_getdwarf(m_module, &m_debugBias);
  if (dwarf != nullptr && stringsAreTerminated(dwarf)) m_debugInfo.emplace(dwarf, m_allocators);
  m_symbols.emplace(m_module);
  return true;
}

std::vector<SourceLine> ElfModule::resolve(std::uint64_t fileAddress) {
  const std::uint64_t address = fileAddress + m_bias;
  const char* const symbol = m_symbols->find(address);
  std::vector<SourceLine> lines;
  if (m_debugInfo) lines = m_debugInfo->resolve(address - m_debugBias, symbol != nullptr ? symbol : "");
  if (symbol != nullptr) {
    if (lines.empty()) lines.emplace_back();
    if (lines.back().function.empty()) {
      lines.back().function = demangle(symbol);
      lines.back().allocator = m_allocators.contain(symbol, lines.back().function);
    }
  }
  if (m_allocators.areAll()) {
    if (lines.empty()) lines.emplace_back();
    for (SourceLine& line : lines) line.allocator = true;
  }
  return lines;
}

OperatorCalls& ElfModule::operators() {
  if (!m_operators) {
    GElf_Addr bias = 0;
    Elf* const elf = dwfl_module_getelf(m_module, &bias);
    m_operators.emplace(elf, bias, *m_symbols);
  }
  return *m_operators;
}

int ElfModule::findElf(Dwfl_Module*, void** user, const char*, Dwarf_Addr, char** path, Elf** elf) {
  auto& self = *static_cast<ElfModule*>(*user);
  *path = ::strdup(self.m_file.path.c_str());
  *elf = std::exchange(self.m_elf, nullptr);
  return std::exchange(self.m_descriptor, -1);
}

int ElfModule::findDebugInfo(Dwfl_Module* module, void** user, const char* name, Dwarf_Addr base,
                             const char* path, const char* link, GElf_Word linkChecksum, char** found) {
  auto& self = *static_cast<ElfModule*>(*user);
  const auto noteWhy = [&self](int descriptor) {
    if (descriptor < 0 && (errno == EMFILE || errno == ENFILE)) self.m_lacksDescriptors = true;
    return descriptor;
  };
  const int descriptor =
      noteWhy(dwfl_standard_find_debuginfo(module, user, name, base, path, link, linkChecksum, found));
  if (descriptor >= 0) return descriptor;
  // A debug link is relative to the binary's folder, which a path such as /proc/self/fd/7 does not tell.
  // libdwfl checks what it finds by build id or checksum, so that a wrong guess does no harm.
  return noteWhy(dwfl_standard_find_debuginfo(module, user, name, base, self.m_file.displayPath.c_str(), link,
                                              linkChecksum, found));
}

}  // namespace heaptap::symbols
