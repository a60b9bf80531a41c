// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace heaptap::model {

/// Why the target dropped events. The values are those of v1::DropReason, and stored.
enum class DropReason : std::uint8_t { Unknown, Room, BufferFull, Nesting, Sandbox, Memory, Threads };
inline constexpr std::size_t kDropReasons = 7;

/// Events that the target had to drop: counted there, never seen here.
struct Dropped {
  std::uint64_t allocations = 0;
  std::uint64_t bytes = 0;
  std::uint64_t frees = 0;

  [[nodiscard]] std::uint64_t events() const { return allocations + frees; }
  bool operator==(const Dropped&) const = default;
};

/// What was dropped for each reason. Invariant (kept by ingest): the sums are below 2^64.
class Drops {
 public:
  [[nodiscard]] Dropped& of(DropReason reason) { return m_by[static_cast<std::size_t>(reason)]; }
  [[nodiscard]] const Dropped& of(DropReason reason) const { return m_by[static_cast<std::size_t>(reason)]; }
  [[nodiscard]] Dropped total() const {
    Dropped sum;
    for (const Dropped& dropped : m_by) {
      sum.allocations += dropped.allocations;
      sum.bytes += dropped.bytes;
      sum.frees += dropped.frees;
    }
    return sum;
  }
  bool operator==(const Drops&) const = default;

 private:
  std::array<Dropped, kDropReasons> m_by{};
};

}  // namespace heaptap::model
