// SPDX-License-Identifier: Apache-2.0
//
// A sanitizer's runtime that is a shared library wants to be the first of all, and ends the program when it
// is not, or crashes: it checks before any constructor, in the program's DT_PREINIT_ARRAY. Of a program that
// has one, this library takes heaptap's libraries out: the program is executed again, without them in
// LD_PRELOAD. Nothing of it has run by then, and who it is, its descriptors, timers and signals stay as they
// are.
//
// musl's loader loads heaptap's libraries like any others, but what they need is glibc's. The same is done
// there.
//
// The only code that glibc's loader runs before that array is the constructor of an object that is to be
// initialised first (-z initfirst; glibc, elf/dl-init.c). It even comes before libc's own: no environ, no
// getenv, hence a library of its own. And it calls no function of libc's by name, as the sanitizers intercept
// them.
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

#include "agent/capture/system/arch/arch.h"
#include "agent/capture/system/c_library.h"

namespace {

using heaptap::capture::arch::systemCall;

template <class T>
long asWord(T* pointer) {
  return static_cast<long>(reinterpret_cast<std::uintptr_t>(pointer));
}

bool begins(const char* text, const char* with) {
  for (; *with != 0; ++text, ++with)
    if (*text != *with) return false;
  return true;
}

const char* nameOf(const char* path) {
  const char* name = path;
  for (; *path != 0; ++path)
    if (*path == '/') name = path + 1;
  return name;
}

// GCC's and clang's shared runtimes. One that is linked in lies in front of heaptap's malloc, and does no
// harm.
bool isSanitizer(const char* path) {
  constexpr const char* kRuntimes[] = {"libasan.so",          "libtsan.so",          "liblsan.so",
                                       "libhwasan.so",        "libclang_rt.asan-",   "libclang_rt.tsan-",
                                       "libclang_rt.hwasan-", "libclang_rt.memprof-"};
  for (const char* runtime : kRuntimes)
    if (begins(nameOf(path), runtime)) return true;
  return false;
}

// The loader's list, as debuggers read it (link.h, r_debug).
bool hasSanitizer() {
  const r_debug* const debug = heaptap::capture::cLibrary().debug;
  if (debug == nullptr) return false;
  for (const link_map* object = debug->r_map; object != nullptr; object = object->l_next)
    if (isSanitizer(object->l_name)) return true;
  return false;
}

// Takes heaptap's entries out of a list of paths, in place. Entries are separated by colons or spaces
// (ld.so(8)). Returns whether there were any.
bool removeOurs(char* list) {
  const auto isEnd = [](char c) { return c == 0 || c == ':' || c == ' '; };
  bool removed = false;
  char* to = list;
  for (const char* from = list; *from != 0;) {
    const char* name = from;
    const char* end = from;
    for (; !isEnd(*end); ++end)
      if (*end == '/') name = end + 1;
    if (begins(name, "libheaptap")) {
      removed = true;
    } else if (end != from) {
      if (to != list) *to++ = ':';
      while (from != end) *to++ = *from++;
    }
    from = *end == 0 ? end : end + 1;
  }
  if (removed) *to = 0;
  return removed;
}

// The variable goes when nothing is left in it.
bool removeFromEnvironment(char** environment) {
  constexpr char kVariable[] = "LD_PRELOAD=";
  bool removed = false;
  char** to = environment;
  for (char** from = environment; *from != nullptr; ++from) {
    if (begins(*from, kVariable) && removeOurs(*from + sizeof(kVariable) - 1)) {
      removed = true;
      if ((*from)[sizeof(kVariable) - 1] == 0) continue;
    }
    *to++ = *from;
  }
  *to = nullptr;
  return removed;
}

bool isSameFile(const char* one, const char* other) {
  struct stat a;
  struct stat b;
  return systemCall(SYS_stat, asWord(one), asWord(&a)) == 0 &&
         systemCall(SYS_stat, asWord(other), asWord(&b)) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

// The path that the program was executed by (AT_EXECFN), as that gives the process its name; a script's is
// that of the script. The vector follows the environment (System V AMD64 ABI, initial process stack).
const char* programPath(char** environment) {
  constexpr const char* kSelf = "/proc/self/exe";
  while (*environment != nullptr) ++environment;
  for (auto* entry = reinterpret_cast<ElfW(auxv_t)*>(environment + 1); entry->a_type != AT_NULL; ++entry) {
    if (entry->a_type != AT_EXECFN) continue;
    const auto* path = reinterpret_cast<const char*>(entry->a_un.a_val);
    if (isSameFile(path, kSelf)) return path;
  }
  return kSelf;
}

// Before the environment, above the number of arguments (the same page of the ABI).
char** argumentsBelow(char** environment) {
  std::uintptr_t count = 0;
  char** at = environment - 1;
  while (reinterpret_cast<std::uintptr_t>(*--at) != count) ++count;
  return at + 1;
}

// Another libc passes nothing to constructors, but knows its environment by then.
[[gnu::constructor]] void standAside(int, char** arguments, char** environment) {
  using heaptap::capture::findInLibc;
  if (findInLibc("gnu_get_libc_version") == nullptr) {
    const auto* const variable = static_cast<char** const*>(findInLibc("environ"));
    if (variable == nullptr || *variable == nullptr) return;
    environment = *variable;
    arguments = argumentsBelow(environment);
  } else if (!hasSanitizer()) {
    return;
  }
  const char* path = programPath(environment);
  // Preloaded in another way (/etc/ld.so.preload): it would be here again.
  if (!removeFromEnvironment(environment)) return;
  systemCall(SYS_execve, asWord(path), asWord(arguments), asWord(environment));
}

}  // namespace
