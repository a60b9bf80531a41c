// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agent/wire/layout.h"

namespace heaptap::relay {

/// What a machine has to read time with.
struct ClockSources {
  bool rdtscp = false;
  bool steadyTsc = false;  ///< Invariant, and the kernel does not distrust it.

  static ClockSources ofThisMachine();
  [[nodiscard]] bool have(wire::ClockMode mode) const;
  /// The TSC where it is steady, else CLOCK_MONOTONIC. `wanted`: "tsc", "fenced-tsc" or "monotonic" has that
  /// one instead where the machine has it; null or anything else: no wish.
  [[nodiscard]] wire::ClockMode best(const char* wanted = nullptr) const;
};

/// Absolute ticks now. Ordered after every earlier load, as the target's own stamps are.
std::uint64_t ticksNow(wire::ClockMode mode);

/// Turns stamps (ticks since Header::clockBase) into nanoseconds of session time.
/// Between two observations, made at each poll, ticks are mapped on a straight line, so neither a wrong
/// nominal frequency nor a slewed CLOCK_MONOTONIC accumulates.
/// Threads: one.
class SessionClock {
 public:
  SessionClock(wire::ClockMode mode, std::uint64_t clockBase);
  /// For stamps in nanoseconds of a recording that is over: everything has happened already, and it is as
  /// late as the last stamp that was converted.
  static SessionClock ofThePast();

  /// Takes a new pair of (ticks, CLOCK_MONOTONIC).
  /// Returns: its ticks as a stamp, T0: what the caller loads afterwards is loaded after T0.
  std::uint64_t observe();

  /// Session time of a stamp; never less than the result of an earlier call.
  std::uint64_t nanoseconds(std::uint64_t stamp) {
    const auto ticks = static_cast<double>(static_cast<std::int64_t>(stamp - m_from.stamp));
    const auto offset = static_cast<std::int64_t>(ticks * m_nsPerTick);
    const auto ns = static_cast<std::int64_t>(m_from.ns) + offset;
    // A stamp of the future is hostile or from a skewed core: it counts as now.
    const auto now = static_cast<std::int64_t>(m_to.ns);
    const std::int64_t bounded = ns > now ? now : ns;
    if (bounded > static_cast<std::int64_t>(m_latest)) m_latest = static_cast<std::uint64_t>(bounded);
    return m_latest;
  }

  /// How long ago a stamp was, in ns; 0 for one of the future.
  [[nodiscard]] std::uint64_t ageNs(std::uint64_t stamp) const;

  /// Session time of a moment of CLOCK_MONOTONIC, in ns; 0 before the session.
  [[nodiscard]] std::uint64_t ofMonotonic(std::uint64_t ns) const {
    return ns > m_baseNs && !m_past ? ns - m_baseNs : 0;
  }
  /// How long so many ticks are, in ns.
  [[nodiscard]] double durationNs(double ticks) const { return ticks * m_nsPerTick; }
  /// Ticks between two readings of the clock, one right after the other.
  [[nodiscard]] std::uint64_t readingTicks() const;

  /// Session time of the last observation.
  [[nodiscard]] std::uint64_t now() const { return m_past ? m_latest : m_to.ns; }
  /// The same, and no later conversion gives less.
  std::uint64_t advanceToNow() { return m_latest = now(); }

 private:
  struct Pair {
    std::uint64_t stamp = 0;
    std::uint64_t ns = 0;
  };
  SessionClock() = default;
  [[nodiscard]] Pair sample() const;

  wire::ClockMode m_mode = wire::ClockMode::Monotonic;
  std::uint64_t m_base = 0;    ///< Ticks.
  std::uint64_t m_baseNs = 0;  ///< CLOCK_MONOTONIC at session time 0.
  Pair m_from, m_to;
  double m_nsPerTick = 1.0;
  std::uint64_t m_latest = 0;
  bool m_past = false;
};

}  // namespace heaptap::relay
