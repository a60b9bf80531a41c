// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "agent/relay/memory/own_pages.h"
#include "agent/relay/target/target_process.h"

namespace heaptap::relay {

/// A process's memory as the kernel counts it, at one moment. Units: bytes; 0: unknown.
struct ResidentSample {
  std::uint64_t atNs = 0;         ///< CLOCK_MONOTONIC.
  std::uint64_t rssBytes = 0;     ///< Resident set, heaptap's share included. See `look` for its error.
  std::uint64_t pssBytes = 0;     ///< Proportional set; only when it was asked for.
  std::uint64_t ownBytes = 0;     ///< Heaptap's share of the resident set.
  std::uint64_t maxRssBytes = 0;  ///< The largest resident set so far.
};

/// Asks the kernel for the memory of one program image of one process.
/// Cost:    some 40 us, 100 more for heaptap's share, and with the proportional set a walk over all pages of
///          the process: 25 ms a gigabyte. That holds the process's map for reading; the kernel lets go when
///          the process waits for it (Linux 5.10, smaps_rollup).
/// Threads: one.
class MemoryProbe {
 public:
  /// `shared`: the memory that the process shares with this relay.
  MemoryProbe(std::shared_ptr<const TargetProcess> process, const SharedMemory& shared);

  /// None: not now (it has not yet mapped the memory), or no process is there any more: see `isOver`.
  /// Error: with the proportional set, the resident one is counted page by page. Without, both it and the
  /// largest are sums of counters, one for each processor, which the kernel lets lag by some pages (proc(5),
  /// "VmRSS is inaccurate").
  std::optional<ResidentSample> look(bool withProportional);
  /// The process is gone, or another image has taken it over.
  [[nodiscard]] bool isOver() const { return m_over; }

 private:
  [[nodiscard]] std::optional<std::uint64_t> residentBytesOf(const std::vector<PageRange>& ranges);

  std::shared_ptr<const TargetProcess> m_process;
  const SharedMemory& m_shared;
  std::vector<std::uint64_t> m_entries;
  bool m_over = false;
};

}  // namespace heaptap::relay
