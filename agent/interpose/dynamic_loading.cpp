// SPDX-License-Identifier: Apache-2.0
//
// dlclose: what is remembered of the unloaded binary's code must not be taken for that of the next one. What
// is unloaded in other ways, UnloadWatch notices.
//
// dlopen with RTLD_DEEPBIND: what the library then calls is libc's own malloc, past ours, unless its imports
// are directed here (deep_bound.h). dlmopen: the library has a libc of its own, with a heap of its own, and
// calls that; the report must say so. Both look at their return address, for the caller's RPATH and namespace
// (dlopen(3)): so the real ones are jumped to, and never called.
#include <dlfcn.h>

#include <atomic>

#include "agent/include/heaptap/abi.h"
#include "agent/interpose/deep_bound.h"
#include "agent/interpose/next_function.h"

#define HEAPTAP_INTERPOSED extern "C" __attribute__((visibility("default")))

namespace {

using heaptap::interpose::nextFunction;

using Close = int (*)(void*);
using Open = void* (*)(const char*, int);
using OpenInNamespace = void* (*)(long, const char*, int);
constinit std::atomic<Close> g_close{nullptr};
constinit std::atomic<Open> g_open{nullptr};
constinit std::atomic<OpenInNamespace> g_openInNamespace{nullptr};

void noticeOpening(long space, int mode) {
  using namespace heaptap::interpose;
  if (directDeepBound != nullptr) directDeepBound();
  if (space == LM_ID_BASE && (mode & RTLD_DEEPBIND) == 0) return;
  heaptap_bypassed(HEAPTAP_LOOKED_PAST);
  if (space == LM_ID_BASE && expectDeepBound != nullptr) expectDeepBound();
}

// Jumps, as neither of these has anything left to do. A call instead shows in the test DynamicLoading.
#if defined(__clang__)
#define HEAPTAP_JUMP [[clang::musttail]] return
#else
#define HEAPTAP_JUMP return
#endif

// Before 2.34 all of them are in libdl, which a program that calls one has loaded.
void* noOpen(const char*, int) { return nullptr; }
void* noOpenInNamespace(long, const char*, int) { return nullptr; }

}  // namespace

HEAPTAP_INTERPOSED int dlclose(void* handle) {
  const Close close = nextFunction(g_close, "dlclose");
  if (close == nullptr) return -1;
  const int result = close(handle);
  heaptap_modules_changed();
  return result;
}

HEAPTAP_INTERPOSED void* dlopen(const char* file, int mode) {
  noticeOpening(LM_ID_BASE, mode);
  const Open found = nextFunction(g_open, "dlopen");
  const Open open = found != nullptr ? found : noOpen;
  HEAPTAP_JUMP open(file, mode);
}

HEAPTAP_INTERPOSED void* dlmopen(long space, const char* file, int mode) {
  noticeOpening(space, mode);
  const OpenInNamespace found = nextFunction(g_openInNamespace, "dlmopen");
  const OpenInNamespace open = found != nullptr ? found : noOpenInNamespace;
  HEAPTAP_JUMP open(space, file, mode);
}
