// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace heaptap::model {

/// A process's memory as the kernel counted it at one moment. Units: bytes, and ns since the session's start.
struct ResidentSample {
  std::uint64_t atNs = 0;
  std::uint64_t rssBytes = 0;             ///< Resident set, heaptap's share included.
  std::optional<std::uint64_t> pssBytes;  ///< Proportional set.
  std::optional<std::uint64_t> ownBytes;  ///< Heaptap's share of the resident set.

  /// The resident set without heaptap's share.
  std::optional<std::uint64_t> programBytes() const {
    if (!ownBytes) return std::nullopt;
    return rssBytes - (*ownBytes < rssBytes ? *ownBytes : rssBytes);
  }
  bool operator==(const ResidentSample&) const = default;
};

/// The resident memory of a session over time, in at most kMaxSamples samples: beyond, of each two neighbours
/// the one with more memory stays, so that peaks do.
class ResidentMemory {
 public:
  static constexpr std::size_t kMaxSamples = 4096;

  /// Precondition: not earlier than the one before.
  void add(const ResidentSample& sample);

  const std::vector<ResidentSample>& samples() const { return m_samples; }
  /// The largest that a sample has, without and of heaptap's share. None: unknown.
  std::optional<std::uint64_t> maxProgramBytes() const { return m_maxProgramBytes; }
  std::optional<std::uint64_t> maxOwnBytes() const { return m_maxOwnBytes; }

 private:
  void halve();

  std::vector<ResidentSample> m_samples;
  std::optional<std::uint64_t> m_maxProgramBytes;
  std::optional<std::uint64_t> m_maxOwnBytes;
};

}  // namespace heaptap::model
