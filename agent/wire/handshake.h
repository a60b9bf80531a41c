// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// How a target and its relay meet, before there is memory that they share.
namespace heaptap::wire {

inline constexpr std::size_t kMaxCollectorBytes = 255;

/// What the target sends on the relay's socket, in one piece, followed by the address of the collector that
/// it wants to be recorded at, if it names one. The relay answers with Welcome and, when that is no refusal,
/// the memfd as SCM_RIGHTS. All versions begin with `magic` and `layoutVersion`.
struct ClientHello {
  std::uint64_t magic;
  std::uint32_t layoutVersion;
  std::uint32_t pid;                 ///< In the target's own PID namespace; the relay uses SO_PEERCRED's.
  std::uint32_t collectorBytes = 0;  ///< 0: the relay decides.
  std::uint32_t obstacle =
      0;  ///< Not 0: it cannot be recorded, and says why (a wire::Obstacle). It is refused.
  std::uint64_t sampleInterval = 0;  ///< What it wants, where the relay has none itself; see Header.
};
/// Why a target gets no memory.
enum class Refusal : std::uint32_t {
  None = 0,
  Version = 1,
  NoRoom = 2,
  Stopped = 3,
  Collector = 4,
  OtherName = 5,
};
struct Welcome {
  std::uint64_t magic;
  std::uint32_t layoutVersion;
  std::uint32_t status;  ///< A Refusal.
  std::uint64_t totalBytes;
};
static_assert(sizeof(ClientHello) == 32 && sizeof(Welcome) == 24);

}  // namespace heaptap::wire
