// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/elf_module.h"

#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <gelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "agent/symbols/debug_compression.h"
#include "agent/symbols/demangle.h"
#include "agent/symbols/elf_pointer.h"
#include "agent/symbols/elf_sections.h"
#include "agent/symbols/regular_file.h"
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

std::string buildIdIn(Dwfl_Module* module) {
  const unsigned char* bits = nullptr;
  GElf_Addr where = 0;
  const int length = dwfl_module_build_id(module, &bits, &where);
  return length > 0 ? std::string(reinterpret_cast<const char*>(bits), static_cast<std::size_t>(length))
                    : std::string();
}

/// A debug link is relative to the binary's folder, which a path such as /proc/self/fd/7 does not tell.
std::vector<std::string> pathsOf(const ModuleFile& file) {
  std::vector<std::string> paths{file.displayPath};
  std::error_code ignored;
  std::string real = file.path.empty() ? "" : std::filesystem::canonical(file.path, ignored).string();
  if (!real.empty() && real != file.displayPath) paths.push_back(std::move(real));
  return paths;
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

std::unique_ptr<ElfModule> ElfModule::open(const ModuleFile& file, const SearchPlaces& places) {
  std::unique_ptr<ElfModule> module(new ElfModule(file, places));
  if (!module->start()) return nullptr;
  return module;
}

ElfModule::ElfModule(const ModuleFile& file, const SearchPlaces& places)
    : m_file(file),
      m_places(places),
      m_paths(pathsOf(file)),
      m_debugFiles(places),
      m_callbacks{.find_elf = &ElfModule::findElf,
                  .find_debuginfo = &ElfModule::findDebugInfo,
                  .section_address = nullptr,
                  .debuginfo_path = nullptr} {}

ElfModule::~ElfModule() {
  m_operators.reset();
  m_debugInfo.reset();
  m_symbols.reset();
  if (m_copiedDwarf != nullptr) dwarf_end(m_copiedDwarf);
  if (m_copy != nullptr) elf_end(m_copy);
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
  Elf* const elf = dwfl_module_getelf(m_module, &m_bias);
  if (elf == nullptr || !isWhatWasLoaded()) return false;
  m_allocators = AllocatorFunctions(kindOf(elf));
  openDebugInfo();
  m_symbols.emplace(m_module);
  return true;
}

bool ElfModule::isWhatWasLoaded() { return m_file.buildId.empty() || buildIdIn(m_module) == m_file.buildId; }

void ElfModule::openDebugInfo() {
  GElf_Addr bias = 0;
  Elf* const elf = dwfl_module_getelf(m_module, &bias);
  m_expectsLines = hasSection(elf, ".debug_info");
  Dwarf* dwarf = nullptr;
  if (hasZstdSections(elf)) {
    dwarf = openCopy();
    m_debugBias = m_bias;
  } else {
    dwarf = dwfl_module_getdwarf(m_module, &m_debugBias);
  }
  if (dwarf != nullptr) attachShared(dwarf);
  if (dwarf != nullptr && stringsAreTerminated(dwarf))
    m_debugInfo.emplace(dwarf, splitPlaces(), m_allocators);
}

/// The binary itself has debug information that libdw cannot decompress.
Dwarf* ElfModule::openCopy() {
  const UniqueFd file = openRegular(m_file.path);
  const ElfPointer original(file ? elf_begin(file.get(), ELF_C_READ, nullptr) : nullptr);
  if (original == nullptr) return nullptr;
  const UniqueFd copy = copyDecompressed(file, original.get(), Compressed::WithZstd);
  if (!copy) return nullptr;
  // Mapped, as nobody can shorten it; and so it stays when the descriptor is closed.
  m_copy = elf_begin(copy.get(), ELF_C_READ_MMAP, nullptr);
  if (m_copy == nullptr || elf_cntl(m_copy, ELF_C_FDREAD) != 0) return nullptr;
  elf_cntl(m_copy, ELF_C_FDDONE);
  m_copiedDwarf = dwarf_begin_elf(m_copy, DWARF_C_READ, nullptr);
  return m_copiedDwarf;
}

/// Before libdw looks for it.
void ElfModule::attachShared(Dwarf* dwarf) {
  const char* name = nullptr;
  const void* id = nullptr;
  const ssize_t length = dwelf_dwarf_gnu_debugaltlink(dwarf, &name, &id);
  if (length <= 0 || m_hasShared) return;
  if (dwarf == m_copiedDwarf) {
    auto file = m_debugFiles.findShared(
        name, {static_cast<const char*>(id), static_cast<std::size_t>(length)}, m_paths.front());
    if (file) m_sharedFile = std::move(file->file);
    if (m_sharedFile) m_shared.reset(dwarf_begin(m_sharedFile.get(), DWARF_C_READ));
  }
  dwarf_setalt(dwarf, m_shared != nullptr ? m_shared.get() : m_empty.get());
}

SplitPlaces ElfModule::splitPlaces() const {
  SplitPlaces places;
  places.sysroot = m_places.sysroot;
  std::vector<std::string> paths = m_paths;
  if (!m_debugPath.empty()) paths.push_back(m_debugPath);
  std::vector<std::string> folders = m_places.allDebugFolders();
  if (!m_places.sysroot.empty()) folders.insert(folders.begin(), m_places.sysroot);
  for (const std::string& path : paths) {
    places.packages.push_back(path + ".dwp");
    for (const std::string& folder : folders) places.packages.push_back(folder + path + ".dwp");
    places.folders.push_back(path.substr(0, path.rfind('/')));
  }
  if (const std::string below = buildIdPath(buildIdIn(m_module), ".dwp"); !below.empty())
    for (const std::string& folder : folders) places.packages.push_back(folder + '/' + below);
  return places;
}

LinesMissing ElfModule::linesMissing() {
  if (m_debugFiles.lacksDescriptors()) return LinesMissing::NoDescriptor;
  if (m_debugInfo && !m_debugInfo->isEmpty())
    return m_debugInfo->splits().hasMissed() ? LinesMissing::SplitFiles : LinesMissing::No;
  if (m_expectsLines) return LinesMissing::Damaged;
  return m_debugFiles.hasSeenOther() ? LinesMissing::OtherDebugFile : LinesMissing::No;
}

LinesMissing ElfModule::searchedLines() {
  const LinesMissing known = linesMissing();
  if (known != LinesMissing::No || !m_debugInfo || m_debugInfo->splits().areThere()) return known;
  return LinesMissing::SplitFiles;
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

/// libdwfl asks for the debug file of the binary, and once it has that or the binary has none, for the file
/// that several of those share.
int ElfModule::findDebugInfo(Dwfl_Module* module, void** user, const char*, Dwarf_Addr, const char* /*path*/,
                             const char* link, GElf_Word linkChecksum, char** found) {
  auto& self = *static_cast<ElfModule*>(*user);
  std::string path;
  UniqueFd file = self.findSeparate(module, link, linkChecksum, path);
  if (!file) return -1;
  *found = ::strdup(path.c_str());
  const ElfPointer elf(elf_begin(file.get(), ELF_C_READ, nullptr));
  self.m_expectsLines |= hasSection(elf.get(), ".debug_info");
  if (elf != nullptr && hasZstdSections(elf.get()))
    file = copyDecompressed(file, elf.get(), Compressed::WithZstd);
  // libdwfl will own it.
  return ::fcntl(file.get(), F_DUPFD_CLOEXEC, 0);
}

UniqueFd ElfModule::findSeparate(Dwfl_Module* module, const char* link, GElf_Word linkChecksum,
                                 std::string& path) {
  GElf_Addr bias = 0;
  GElf_Word checksum = 0;
  const char* const own = dwelf_elf_gnu_debuglink(dwfl_module_getelf(module, &bias), &checksum);
  const bool isOwn = link == own || (link != nullptr && own != nullptr && std::strcmp(link, own) == 0);
  std::optional<DebugFiles::Found> file;
  if (isOwn) {
    file = m_debugFiles.find({m_paths, buildIdIn(module), own != nullptr ? own : "", checksum});
    if (file) m_debugPath = file->path.empty() ? m_file.displayPath : file->path;
  } else if (link != nullptr && linkChecksum == 0) {
    // It has its debug information by now, so that this asks nobody.
    Dwarf* const dwarf = dwfl_module_getdwarf(module, &bias);
    const char* name = nullptr;
    const void* id = nullptr;
    const ssize_t length = dwarf != nullptr ? dwelf_dwarf_gnu_debugaltlink(dwarf, &name, &id) : 0;
    if (length <= 0) return {};
    const std::string& from = m_debugPath.empty() ? m_paths.front() : m_debugPath;
    file =
        m_debugFiles.findShared(link, {static_cast<const char*>(id), static_cast<std::size_t>(length)}, from);
    m_hasShared = file.has_value();
  }
  if (!file) return {};
  path = file->path;
  return std::move(file->file);
}

}  // namespace heaptap::symbols
