// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "collector/model/pair.h"

namespace heaptap::model {

/// A number of blocks, and one of bytes: counted, or estimated from samples, with the variance of the
/// estimate. Where every allocation is recorded, both are exact and the variances zero.
class Estimate {
 public:
  /// Adds `recorded` blocks of a pair.
  void add(const Pair& pair, std::uint64_t recorded) {
    m_bytes += recorded * pair.bytes();
    if (pair.sampleInterval == 0) {
      m_counted += recorded;
      return;
    }
    const double weight = pair.weight();
    const auto times = static_cast<double>(recorded);
    m_estimated += times * weight;
    m_blockVariance += times * sampleVariance(weight);
    m_byteVariance += times * sampleByteVariance(pair.bytes(), weight);
  }

  [[nodiscard]] std::uint64_t blocks() const {
    return m_counted + static_cast<std::uint64_t>(std::llround(m_estimated));
  }
  [[nodiscard]] std::uint64_t bytes() const { return m_bytes; }
  /// Standard errors.
  [[nodiscard]] double blocksError() const { return std::sqrt(m_blockVariance); }
  [[nodiscard]] double bytesError() const { return std::sqrt(m_byteVariance); }

 private:
  std::uint64_t m_bytes = 0;
  std::uint64_t m_counted = 0;
  double m_estimated = 0;
  double m_blockVariance = 0;
  double m_byteVariance = 0;
};

/// What the allocations of a session, or of a part of it, have become.
struct Estimates {
  Estimate allocated;
  Estimate freed;
  Estimate live;
  Estimate atPeak;
  Estimate temporary;

  void add(const Pair& pair, const PairCounters& counters) {
    allocated.add(pair, counters.allocations);
    freed.add(pair, counters.frees());
    live.add(pair, counters.live);
    atPeak.add(pair, counters.liveAtPeak);
    temporary.add(pair, counters.temporaries);
  }
};

}  // namespace heaptap::model
