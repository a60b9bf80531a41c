// SPDX-License-Identifier: Apache-2.0
#include "collector/model/resident_memory.h"

#include <algorithm>

namespace heaptap::model {

void ResidentMemory::add(const ResidentSample& sample) {
  if (m_samples.size() == kMaxSamples) halve();
  m_samples.push_back(sample);
  // An optional without a value is less than any with one.
  m_maxProgramBytes = std::max(m_maxProgramBytes, sample.programBytes());
  m_maxOwnBytes = std::max(m_maxOwnBytes, sample.ownBytes);
}

void ResidentMemory::halve() {
  for (std::size_t i = 0; i + 1 < m_samples.size(); i += 2) {
    const ResidentSample& first = m_samples[i];
    const ResidentSample& second = m_samples[i + 1];
    ResidentSample kept = first.rssBytes >= second.rssBytes ? first : second;
    // The proportional set is asked for more rarely: what is known of one of the two is not lost.
    if (!kept.pssBytes) kept.pssBytes = first.pssBytes ? first.pssBytes : second.pssBytes;
    m_samples[i / 2] = kept;
  }
  m_samples.resize(m_samples.size() / 2);
}

}  // namespace heaptap::model
