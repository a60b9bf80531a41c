// SPDX-License-Identifier: Apache-2.0
#include "programs/executable_image.h"

#include <elf.h>
#include <gelf.h>
#include <libelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "programs/elf_handle.h"

namespace heaptap::programs {
namespace {

#if defined(__x86_64__)
constexpr unsigned kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kMachine = EM_AARCH64;
#else
#error "heaptap runs on x86-64 and AArch64"
#endif

std::string machineName(unsigned machine, int elfClass) {
  switch (machine) {
    case EM_X86_64: return elfClass == ELFCLASS32 ? "x32" : "x86-64";
    case EM_386: return "32-bit x86";
    case EM_AARCH64: return "AArch64";
    case EM_ARM: return "32-bit ARM";
    case EM_RISCV: return "RISC-V";
    case EM_PPC64: return "PowerPC64";
    case EM_S390: return "S/390";
    default: return "ELF machine " + std::to_string(machine);
  }
}

/// PT_INTERP as text; nothing when the bytes are not inside the file or not a string.
std::optional<std::string> loaderAt(int descriptor, const GElf_Phdr& header) {
  if (header.p_filesz < 2 || header.p_filesz > 4096) return std::nullopt;
  std::string text(static_cast<std::size_t>(header.p_filesz), '\0');
  if (pread(descriptor, text.data(), text.size(), static_cast<off_t>(header.p_offset)) !=
      static_cast<ssize_t>(text.size()))
    return std::nullopt;
  if (text.back() != '\0') return std::nullopt;
  text.resize(std::strlen(text.c_str()));
  if (text.empty()) return std::nullopt;
  return text;
}

/// By a function that only the allocator has, whatever `malloc` is called in it.
constexpr std::pair<std::string_view, std::string_view> kAllocators[] = {
    {"je_malloc", "jemalloc"}, {"_rjem_malloc", "jemalloc"}, {"mallocx", "jemalloc"},
    {"tc_malloc", "tcmalloc"}, {"mi_malloc", "mimalloc"},    {"rpmalloc", "rpmalloc"},
    {"sn_malloc", "snmalloc"}};

/// By the function that its instrumented code calls first, whether the sanitizer is linked in or loaded.
constexpr std::pair<std::string_view, std::string_view> kSanitizers[] = {
    {"__asan_init", "AddressSanitizer"},
    {"__tsan_init", "ThreadSanitizer"},
    {"__msan_init", "MemorySanitizer"},
    {"__hwasan_init", "HWAddressSanitizer"},
    {"__lsan_init", "LeakSanitizer"}};

/// Notes what a symbol table says about allocators and sanitizers.
void noteAllocators(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, ExecutableImage& image) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (data == nullptr || header.sh_entsize == 0) return;
  const std::size_t count = data->d_size / std::max<std::size_t>(header.sh_entsize, sizeof(Elf64_Sym));
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Sym symbol;
    if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) return;
    const char* const text = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (text == nullptr) continue;
    const std::string_view name(text);
    for (const auto& [function, sanitizer] : kSanitizers)
      if (name == function) image.sanitizer = sanitizer;
    if (symbol.st_shndx == SHN_UNDEF || GELF_ST_TYPE(symbol.st_info) != STT_FUNC) continue;
    if (name == "malloc" && header.sh_type == SHT_DYNSYM) image.exportsMalloc = true;
    for (const auto& [function, allocator] : kAllocators)
      if (name == function) image.linkedAllocator = allocator;
  }
}

/// What <heaptap/alloc/malloc_family.h> leaves in a program: whether its malloc reports itself.
bool tellsThatMallocReports(Elf* elf, Elf_Scn* section, const GElf_Shdr& header) {
  std::size_t names = 0;
  if (header.sh_type != SHT_PROGBITS || elf_getshdrstrndx(elf, &names) != 0) return false;
  const char* const name = elf_strptr(elf, names, header.sh_name);
  if (name == nullptr || std::string_view(name) != "heaptap_malloc") return false;
  const Elf_Data* const data = elf_getdata(section, nullptr);
  return data != nullptr && data->d_size >= 1 && data->d_buf != nullptr &&
         *static_cast<const char*>(data->d_buf) == 1;
}

/// The library's own name (DT_SONAME), which tells ld.so from other files without a loader.
std::string sonameIn(Elf* elf, Elf_Scn* section, const GElf_Shdr& header) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (data == nullptr) return {};
  const std::size_t count = data->d_size / sizeof(Elf64_Dyn);
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Dyn entry;
    if (gelf_getdyn(data, static_cast<int>(i), &entry) == nullptr || entry.d_tag == DT_NULL) return {};
    if (entry.d_tag != DT_SONAME) continue;
    const char* name = elf_strptr(elf, header.sh_link, static_cast<std::size_t>(entry.d_un.d_val));
    return name == nullptr ? std::string() : std::string(name);
  }
  return {};
}

}  // namespace

Result<ExecutableImage> readExecutableImage(int descriptor, const std::string& where) {
  const auto damaged = [&where](const char* what) { return failure(Code::Corrupt, where, what); };
  if (elf_version(EV_CURRENT) == EV_NONE) return failure(Code::Internal, where, "libelf is too old");
  const ElfHandle elf(elf_begin(descriptor, ELF_C_READ, nullptr));
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF) return damaged("not an ELF file");
  GElf_Ehdr header;
  if (gelf_getehdr(elf.get(), &header) == nullptr) return damaged("the ELF header is damaged");

  ExecutableImage image;
  const int elfClass = gelf_getclass(elf.get());
  image.madeFor = machineName(header.e_machine, elfClass);
  if (elfClass != ELFCLASS64 || header.e_machine != kMachine || header.e_ident[EI_DATA] != ELFDATA2LSB) {
    image.foreign = true;
    return image;
  }
  image.positionIndependent = header.e_type == ET_DYN;
  image.program = header.e_type == ET_EXEC || header.e_type == ET_DYN;
  if (!image.program) return image;

  std::size_t segments = 0;
  if (elf_getphdrnum(elf.get(), &segments) != 0 || segments == 0) return damaged("it has no program headers");
  bool loads = false;
  for (std::size_t i = 0; i < segments; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf.get(), static_cast<int>(i), &segment) == nullptr)
      return damaged("the program headers reach beyond the end of the file");
    loads = loads || segment.p_type == PT_LOAD;
    if (segment.p_type != PT_INTERP || image.loader) continue;
    image.loader = loaderAt(descriptor, segment);
    if (!image.loader) return damaged("the name of its loader (PT_INTERP) is damaged");
  }
  if (!loads) return damaged("no program header says what to load");

  // Section headers are optional at run time: without them these questions stay unanswered.
  for (Elf_Scn* section = elf_nextscn(elf.get(), nullptr); section != nullptr;
       section = elf_nextscn(elf.get(), section)) {
    GElf_Shdr sectionHeader;
    if (gelf_getshdr(section, &sectionHeader) == nullptr) break;
    if (tellsThatMallocReports(elf.get(), section, sectionHeader)) image.mallocReports = true;
    if (sectionHeader.sh_type == SHT_DYNSYM || sectionHeader.sh_type == SHT_SYMTAB)
      noteAllocators(elf.get(), section, sectionHeader, image);
    if (sectionHeader.sh_type == SHT_DYNAMIC && !image.loader)
      image.isLoader = sonameIn(elf.get(), section, sectionHeader).starts_with("ld-linux");
  }
  return image;
}

std::string whyNotRecorded(const ExecutableImage& image) {
  if (image.foreign) return "it is made for " + image.madeFor;
  if (image.program && !image.loader && !image.isLoader)
    return "it is static, so no loader runs that could preload heaptap's library";
  if (image.loader && image.loader->find("ld-musl") != std::string::npos)
    return "it uses musl, and heaptap's library needs glibc";
  if (!image.sanitizer.empty())
    return "it is built with " + image.sanitizer + ", which has a malloc of its own";
  return {};
}

}  // namespace heaptap::programs
