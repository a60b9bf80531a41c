// SPDX-License-Identifier: Apache-2.0
// Two libraries, one after the other at the same addresses, with other frames: `reloads dlopen SMALL LARGE`.
// `reloads unseen SMALL LARGE` does the same by libc's own dlclose, past any other in front of it, and with
// `reloads iconv` libc loads and unloads them as converters.
#include <dlfcn.h>
#include <iconv.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/targets/sink.h"

namespace {

constexpr int kRounds = 50;

int (*g_close)(void*) = dlclose;

void allocate() { free(use(malloc(24))); }

// Where the library lies, 0 when it is not loaded.
ElfW(Addr) addressOf(const char* name) {
  struct Search {
    const char* name;
    ElfW(Addr) at;
  } search{name, 0};
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        auto* wanted = static_cast<Search*>(data);
        if (strstr(info->dlpi_name, wanted->name) == nullptr) return 0;
        wanted->at = info->dlpi_addr;
        return 1;
      },
      &search);
  return search.at;
}

ElfW(Addr) useLibrary(const char* path) {
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return 0;
  const auto callThrough = reinterpret_cast<void (*)(int, void (*)())>(dlsym(library, "callThrough"));
  callThrough(5, allocate);
  const ElfW(Addr) at = addressOf(path);
  g_close(library);
  return addressOf(path) == 0 ? at : 0;
}

int byDlopen(const char* small, const char* large) {
  int reused = 0;
  for (int i = 0; i < kRounds; ++i) {
    const ElfW(Addr) first = useLibrary(small);
    if (first == 0) return 1;
    if (useLibrary(large) == first) ++reused;
  }
  printf("%d times at the same address\n", reused);
  return 0;
}

// Initialises the converter, which allocates. glibc unloads one that is not in use when it has closed some
// others since (iconv/gconv_dl.c, TRIES_BEFORE_UNLOAD).
ElfW(Addr) useConverter(const char* charset, const char* file) {
  const iconv_t converter = iconv_open("UTF-8", charset);
  if (converter == reinterpret_cast<iconv_t>(-1)) return 0;
  const ElfW(Addr) at = addressOf(file);
  iconv_close(converter);
  return at;
}

bool makeUnload(const char* file) {
  for (int i = 0; i < 10 && addressOf(file) != 0; ++i) useConverter("HEAPTAP-OTHER", "converter_other");
  return addressOf(file) == 0;
}

int byIconv() {
  int reused = 0;
  for (int i = 0; i < kRounds; ++i) {
    useConverter("HEAPTAP-OTHER", "converter_other");
    const ElfW(Addr) first = useConverter("HEAPTAP-SMALL", "converter_small");
    if (first == 0 || !makeUnload("converter_small")) return 1;
    if (useConverter("HEAPTAP-LARGE", "converter_large") == first) ++reused;
    if (!makeUnload("converter_large")) return 1;
  }
  printf("%d times at the same address\n", reused);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && strcmp(argv[1], "dlopen") == 0) return byDlopen(argv[2], argv[3]);
  if (argc == 4 && strcmp(argv[1], "unseen") == 0) {
    void* libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);
    g_close = reinterpret_cast<int (*)(void*)>(dlsym(libc, "dlclose"));
    return byDlopen(argv[2], argv[3]);
  }
  if (argc == 2 && strcmp(argv[1], "iconv") == 0) return byIconv();
  return 2;
}
