// SPDX-License-Identifier: Apache-2.0
//
// dlclose: what is remembered of the unloaded binary's code must not be taken for that of the next one. What
// is unloaded in other ways, UnloadWatch notices.
#include <atomic>

#include "agent/include/heaptap/abi.h"
#include "agent/interpose/next_function.h"

namespace {

using Close = int (*)(void*);
constinit std::atomic<Close> g_realClose{nullptr};

}  // namespace

extern "C" __attribute__((visibility("default"))) int dlclose(void* handle) {
  const Close close = heaptap::interpose::nextFunction(g_realClose, "dlclose");
  // Before 2.34 dlclose is in libdl, which a program that calls it has loaded.
  if (close == nullptr) return -1;
  const int result = close(handle);
  heaptap_modules_changed();
  return result;
}
