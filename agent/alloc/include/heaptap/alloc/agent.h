// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/abi.h>

#include <atomic>
#include <cstdint>

#if defined(__linux__) && defined(__x86_64__)
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>

#include <cerrno>
#endif

namespace heaptap::detail {

/// The agent, libheaptap.so.1, as code that is compiled into a program finds it: by name among what is
/// loaded, so that the program links and starts without it. It is in the process where the program links it
/// (CMake: heaptap::agent), under `heaptap run`, and by LD_PRELOAD. One that is loaded later is not noticed.
///
/// Threads: any, at any time: all is constant-initialised and has no destructor. The look-up, at the first
/// use of a process, takes the loader's lock.
class Agent {
 public:
  /// False: nothing is recorded, there is nothing to report. Three loads and no call, once it is known.
  static bool mayRecord() noexcept {
#if defined(__linux__) && defined(__x86_64__)
    const std::uint32_t* const* const gate = g_gate.load(std::memory_order_acquire);
    // The library changes both while the process runs: at a fork, and when the relay is gone.
    const std::uint32_t* const word = __atomic_load_n(gate, __ATOMIC_ACQUIRE);
    return __atomic_load_n(word, __ATOMIC_RELAXED) != HEAPTAP_GATE_SHUT;
#else
    return false;
#endif
  }

#if !defined(__linux__) || !defined(__x86_64__)
  static const heaptap_agent* find() noexcept { return nullptr; }
#else
  /// Null: there is none, or this call is made by the look-up itself.
  static const heaptap_agent* find() noexcept {
    const heaptap_agent* const known = g_agent.load(std::memory_order_acquire);
    return known != nullptr ? known : lookUp();
  }

 private:
  static constexpr std::uintptr_t kNobody = 0;
  static constexpr std::uintptr_t kDone = ~std::uintptr_t{0};

  [[gnu::cold, gnu::noinline]] static const heaptap_agent* lookUp() noexcept {
    const auto self = static_cast<std::uintptr_t>(pthread_self());
    std::uintptr_t who = kNobody;
    if (g_seeker.compare_exchange_strong(who, self, std::memory_order_acquire)) {
      const int before = errno;
      publish();
      errno = before;
      g_seeker.store(kDone, std::memory_order_release);
    }
    // Others wait for it: what they allocate now is to be recorded like all the rest.
    while (who != kNobody && who != self && g_seeker.load(std::memory_order_acquire) != kDone) sched_yield();
    return g_agent.load(std::memory_order_acquire);
  }

  static void publish() noexcept {
    using AgentOf = const heaptap_agent* (*)(std::uint32_t);
    const auto agentOf = reinterpret_cast<AgentOf>(dlsym(RTLD_DEFAULT, "heaptap_agent_of"));
    const heaptap_agent* const agent = agentOf == nullptr ? nullptr : agentOf(HEAPTAP_ABI_VERSION);
    if (agent == nullptr) return __atomic_store_n(&g_ownWord, HEAPTAP_GATE_SHUT, __ATOMIC_RELAXED);
    g_agent.store(agent, std::memory_order_release);
    g_gate.store(agent->gate, std::memory_order_release);
  }

  // Until the library's own is known. 0: find out.
  static inline constinit std::uint32_t g_ownWord = 0;
  static inline constinit const std::uint32_t* g_ownGate = &g_ownWord;
  static inline constinit std::atomic<const std::uint32_t* const*> g_gate{&g_ownGate};
  static inline constinit std::atomic<const heaptap_agent*> g_agent{nullptr};
  static inline constinit std::atomic<std::uintptr_t> g_seeker{kNobody};
#endif
};

}  // namespace heaptap::detail
