// SPDX-License-Identifier: Apache-2.0
#include "tests/stack_check/reference_walk.h"

#include <dlfcn.h>
#include <link.h>

#include <atomic>

namespace heaptap::stack_check {
namespace {

constinit Reference g_reference{};
constinit std::atomic<bool> g_loaded{false};
constinit std::atomic<unsigned long long> g_modulesSeen{0};

template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

int countModules(dl_phdr_info* info, std::size_t, void* data) {
  *static_cast<unsigned long long*>(data) = info->dlpi_adds << 32 ^ info->dlpi_subs;
  return 1;
}

}  // namespace

// The header's names are macros: this is what they stand for.
#define HEAPTAP_TEXT_OF(name) #name
#define HEAPTAP_NAME(macro) HEAPTAP_TEXT_OF(macro)

void loadReference() {
  void* library = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
  if (library == nullptr) return;
  Reference& r = g_reference;
  unw_addr_space_t* space = nullptr;
  if (find(library, "_Ux86_64_getcontext", r.getContext) &&
      find(library, HEAPTAP_NAME(unw_init_local), r.initLocal) &&
      find(library, HEAPTAP_NAME(unw_step), r.step) &&
      find(library, HEAPTAP_NAME(unw_get_reg), r.getRegister) &&
      find(library, HEAPTAP_NAME(unw_is_signal_frame), r.isSignalFrame) &&
      find(library, HEAPTAP_NAME(unw_get_proc_info_by_ip), r.procedureAt) &&
      find(library, HEAPTAP_NAME(unw_flush_cache), r.flushCache) &&
      find(library, HEAPTAP_NAME(unw_local_addr_space), space)) {
    r.space = *space;
    g_loaded.store(true, std::memory_order_release);
  }
}

const Reference* reference() { return g_loaded.load(std::memory_order_acquire) ? &g_reference : nullptr; }

void refreshReference() {
  unsigned long long now = 0;
  dl_iterate_phdr(countModules, &now);
  if (g_modulesSeen.exchange(now) != now) g_reference.flushCache(g_reference.space, 0, 0);
}

NoSignals::NoSignals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &m_before);
}

NoSignals::~NoSignals() { pthread_sigmask(SIG_SETMASK, &m_before, nullptr); }

bool hasUnwindInformation(std::uint64_t address) {
  unw_proc_info_t procedure{};
  return g_reference.procedureAt(g_reference.space, address, &procedure, nullptr) == 0;
}

}  // namespace heaptap::stack_check
