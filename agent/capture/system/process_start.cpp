// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/system/process_start.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>

#include <cstddef>

#include "agent/capture/system/descriptor.h"
#include "agent/capture/system/kernel.h"
#include "agent/capture/system/object_symbols.h"
#include "agent/wire/page.h"

// Looked at only where neither the kernel nor /proc tells where the loader is, and then trusted only if it is
// the loader's: a program may have defined a variable of this name.
#pragma weak _r_debug

namespace heaptap::capture {
namespace {

constexpr std::size_t kMostEntries = 128;

struct Vector {
  Elf64_auxv_t entries[kMostEntries];
  std::size_t count = 0;
};

// Since Linux 6.4. Elsewhere it fails, and changes nothing.
bool askKernel(Vector& vector) {
  constexpr long kGetVector = 0x41555856;  // PR_GET_AUXV
  const long bytes =
      arch::systemCall(SYS_prctl, kGetVector, kernel::asWord(vector.entries), sizeof(vector.entries), 0, 0);
  if (bytes <= 0 || bytes > static_cast<long>(sizeof(vector.entries))) return false;
  vector.count = static_cast<std::size_t>(bytes) / sizeof(Elf64_auxv_t);
  return true;
}

bool readFile(Vector& vector) {
  const Descriptor file(
      arch::systemCall(SYS_openat, AT_FDCWD, kernel::asWord("/proc/self/auxv"), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return false;
  const long bytes =
      arch::systemCall(SYS_read, file.number(), kernel::asWord(vector.entries), sizeof(vector.entries));
  if (bytes <= 0) return false;
  vector.count = static_cast<std::size_t>(bytes) / sizeof(Elf64_auxv_t);
  return true;
}

ProcessStart meaningOf(const Vector& vector) {
  ProcessStart start;
  for (std::size_t i = 0; i < vector.count && vector.entries[i].a_type != AT_NULL; ++i) {
    const std::uint64_t value = vector.entries[i].a_un.a_val;
    switch (vector.entries[i].a_type) {
      case AT_BASE: start.loader = value; break;
      case AT_PHDR: start.programHeaders = value; break;
      case AT_PHNUM: start.programHeaderCount = value; break;
      case AT_SYSINFO_EHDR: start.vdso = kernel::isReadable(value) ? value : 0; break;
      case AT_SECURE: start.isSecure = value != 0; break;
      default: break;
    }
  }
  // Executed by its own name, with the program as an argument: then the loader is the program.
  if (start.loader == 0) start.loader = start.programHeaders & ~std::uint64_t{4095};
  return start;
}

bool isDynamicObject(std::uint64_t base) {
  return base != 0 && base % wire::kPage == 0 && kernel::isReadable(base) && imageAt(base).dynamic != nullptr;
}

// The loader, by the variable that it exports for debuggers (link.h, r_debug).
std::uint64_t loaderByItsVariable() {
  const auto variable = reinterpret_cast<std::uintptr_t>(&_r_debug);
  if (variable == 0 || !kernel::isReadable(variable) ||
      !kernel::isReadable(variable + sizeof(r_debug) - sizeof(std::uint64_t)))
    return 0;
  const std::uint64_t base = _r_debug.r_ldbase;
  if (!isDynamicObject(base)) return 0;
  const LoadedImage image = imageAt(base);
  const bool isIts = ObjectSymbols(image.bias, image.dynamic).addressOf("_r_debug") == &_r_debug;
  return isIts ? base : 0;
}

// Behind the environment, which the loader may have shortened (System V AMD64 ABI, initial process stack).
void readStack(std::uint64_t loader, Vector& vector) {
  const LoadedImage image = imageAt(loader);
  const auto* const arguments =
      static_cast<char** const*>(ObjectSymbols(image.bias, image.dynamic).addressOf("_dl_argv"));
  if (arguments == nullptr || *arguments == nullptr) return;
  char** word = *arguments;
  while (*word != nullptr) ++word;
  ++word;
  while (*word != nullptr) ++word;
  while (*word == nullptr) ++word;
  const auto* entry = reinterpret_cast<const Elf64_auxv_t*>(word);
  while (vector.count < kMostEntries && entry->a_type != AT_NULL) vector.entries[vector.count++] = *entry++;
}

}  // namespace

ProcessStart readProcessStart() {
  Vector vector;
  if (askKernel(vector) || readFile(vector))
    if (const ProcessStart start = meaningOf(vector); isDynamicObject(start.loader)) return start;
  // Not given; or of a program that has made another one of this process by itself, as valgrind does.
  const std::uint64_t loader = loaderByItsVariable();
  if (loader == 0) return {};
  vector.count = 0;
  readStack(loader, vector);
  ProcessStart start = meaningOf(vector);
  start.loader = loader;
  return start;
}

}  // namespace heaptap::capture
