// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/target/session_clock.h"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

namespace heaptap::relay {
namespace {

std::uint64_t monotonicNs() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_nsec);
}

#if defined(__x86_64__)
bool processorHas(unsigned leaf, unsigned bitOfEdx) {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(leaf, &a, &b, &c, &d) != 0 && (d & 1U << bitOfEdx) != 0;
}

/// The kernel falls back to these when it found the TSC unstable. Paravirtual clocks (kvm-clock, Hyper-V)
/// are built on the TSC and say nothing against it.
bool kernelDistrustsTsc() {
  std::ifstream file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  std::string name;
  file >> name;
  return name == "hpet" || name == "acpi_pm" || name == "jiffies" || name == "refined-jiffies";
}
#endif

}  // namespace

ClockSources ClockSources::ofThisMachine() {
#if defined(__x86_64__)
  // AMD64 Architecture Programmer's Manual, volume 3, appendix E: RDTSCP, TscInvariant.
  return {.rdtscp = processorHas(0x8000'0001, 27),
          .steadyTsc = processorHas(0x8000'0007, 8) && !kernelDistrustsTsc()};
#else
  return {};
#endif
}

bool ClockSources::have(wire::ClockMode mode) const {
  switch (mode) {
    case wire::ClockMode::Tsc: return steadyTsc && rdtscp;
    case wire::ClockMode::FencedTsc: return steadyTsc;
    case wire::ClockMode::Monotonic: return true;
  }
  return false;
}

wire::ClockMode ClockSources::best(const char* wanted) const {
  using wire::ClockMode;
  const std::string_view name = wanted != nullptr ? wanted : "";
  for (const auto& [mode, word] :
       {std::pair{ClockMode::Tsc, "tsc"}, std::pair{ClockMode::FencedTsc, "fenced-tsc"},
        std::pair{ClockMode::Monotonic, "monotonic"}})
    if (name == word && have(mode)) return mode;
  for (const ClockMode mode : {ClockMode::Tsc, ClockMode::FencedTsc})
    if (have(mode)) return mode;
  return ClockMode::Monotonic;
}

std::uint64_t ticksNow(wire::ClockMode mode) {
#if defined(__x86_64__)
  if (mode == wire::ClockMode::Tsc) {
    unsigned processor = 0;
    return __rdtscp(&processor);
  }
  if (mode == wire::ClockMode::FencedTsc) {
    _mm_lfence();
    return __rdtsc();
  }
#endif
  return monotonicNs();
}

SessionClock::SessionClock(wire::ClockMode mode, std::uint64_t clockBase) : m_mode(mode), m_base(clockBase) {
  // The base was read a moment ago, before any event: those few microseconds count as none.
  const Pair first = sample();
  m_baseNs = first.ns;
  m_from = m_to = {first.stamp, 0};
}

SessionClock SessionClock::ofThePast() {
  SessionClock clock;
  constexpr std::uint64_t kLastStamp = (1ULL << 56) - 1;
  clock.m_to = {kLastStamp, kLastStamp};
  clock.m_past = true;
  return clock;
}

SessionClock::Pair SessionClock::sample() const {
  if (m_mode == wire::ClockMode::Monotonic) {
    const std::uint64_t ns = monotonicNs();
    return {ns - m_base, m_baseNs == 0 ? ns : ns - m_baseNs};
  }
  // The two clocks are read one after the other; the tightest of a few tries was not interrupted.
  Pair best;
  std::uint64_t bestSpread = ~std::uint64_t{0};
  for (int i = 0; i < 4; ++i) {
    const std::uint64_t before = ticksNow(m_mode);
    const std::uint64_t ns = monotonicNs();
    const std::uint64_t after = ticksNow(m_mode);
    if (after - before >= bestSpread) continue;
    bestSpread = after - before;
    best = {before + (after - before) / 2 - m_base, ns - m_baseNs};
  }
  return best;
}

std::uint64_t SessionClock::readingTicks() const {
  std::uint64_t least = ~std::uint64_t{0};
  for (int i = 0; i < 64; ++i) {
    const std::uint64_t before = ticksNow(m_mode);
    least = std::min(least, ticksNow(m_mode) - before);
  }
  return least;
}

std::uint64_t SessionClock::ageNs(std::uint64_t stamp) const {
  const std::uint64_t now = sample().stamp;
  return now > stamp ? static_cast<std::uint64_t>(static_cast<double>(now - stamp) * m_nsPerTick) : 0;
}

std::uint64_t SessionClock::observe() {
  if (m_past) return m_to.stamp;
  const Pair next = sample();
  if (next.stamp > m_to.stamp && next.ns >= m_to.ns) {
    m_nsPerTick = static_cast<double>(next.ns - m_to.ns) / static_cast<double>(next.stamp - m_to.stamp);
    m_from = m_to;
    m_to = next;
  }
#if defined(__x86_64__)
  _mm_lfence();  // Reading the counter does not keep later loads, those of the heads, from running ahead of
                 // it.
#endif
  return m_to.stamp;
}

}  // namespace heaptap::relay
