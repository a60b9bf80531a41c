// SPDX-License-Identifier: Apache-2.0
// Does what its arguments say, one after the other:
//   chdir DIR, remove FILE, move FROM TO
//   open FILE, close       a plugin (plugin.c): the last one that was opened
//   call SIZE              lets it allocate
//   occupy                 maps something where the last closed plugin was
//   rounds N FILE          N times: open, call 100, close, occupy
//   all N DIR              opens DIR/0.so to DIR/(N-1).so and calls each with 1000 + its number; all stay open
//   wait                   says "waiting", and goes on after a line on standard input
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef void* (*Entry)(unsigned);

static void* g_plugin;
static void* g_base;

static void check(int good, const char* what) {
  if (good) return;
  fprintf(stderr, "%s\n", what);
  exit(9);
}

static Entry entryOf(void* plugin) {
  const Entry entry = (Entry)dlsym(plugin, "plugin_entry");
  check(entry != NULL, "no entry");
  return entry;
}

static void openPlugin(const char* file) {
  g_plugin = dlopen(file, RTLD_NOW);
  check(g_plugin != NULL, dlerror());
  Dl_info info;
  check(dladdr((void*)entryOf(g_plugin), &info) != 0, "no address");
  g_base = info.dli_fbase;
}

static void occupy(void) {
  check(mmap(g_base, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != MAP_FAILED,
        "not free");
}

static void openAll(int count, const char* folder) {
  for (int i = 0; i < count; ++i) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%d.so", folder, i);
    openPlugin(path);
    entryOf(g_plugin)((unsigned)(1000 + i));
  }
}

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const char* const word = argv[i];
    const char* const first = i + 1 < argc ? argv[i + 1] : "";
    const char* const second = i + 2 < argc ? argv[i + 2] : "";
    if (strcmp(word, "chdir") == 0) {
      check(chdir(first) == 0, "chdir");
      ++i;
    } else if (strcmp(word, "remove") == 0) {
      check(unlink(first) == 0, "unlink");
      ++i;
    } else if (strcmp(word, "move") == 0) {
      check(rename(first, second) == 0, "rename");
      i += 2;
    } else if (strcmp(word, "open") == 0) {
      openPlugin(first);
      ++i;
    } else if (strcmp(word, "close") == 0) {
      check(dlclose(g_plugin) == 0, "dlclose");
    } else if (strcmp(word, "call") == 0) {
      entryOf(g_plugin)((unsigned)atoi(first));
      ++i;
    } else if (strcmp(word, "occupy") == 0) {
      occupy();
    } else if (strcmp(word, "rounds") == 0) {
      for (int round = 0; round < atoi(first); ++round) {
        openPlugin(second);
        entryOf(g_plugin)(100);
        check(dlclose(g_plugin) == 0, "dlclose");
        occupy();
      }
      i += 2;
    } else if (strcmp(word, "all") == 0) {
      openAll(atoi(first), second);
      i += 2;
    } else if (strcmp(word, "wait") == 0) {
      printf("waiting\n");
      fflush(stdout);
      check(getchar() != EOF, "no line");
    } else {
      check(0, "no such word");
    }
  }
  return 0;
}
