// SPDX-License-Identifier: Apache-2.0
#include "collector/model/free_sites.h"

#include <algorithm>

namespace heaptap::model {

std::vector<FreeSites::Entry> FreeSites::entries() const {
  std::vector<Entry> all;
  all.reserve(m_frees.size());
  for (const auto& [key, frees] : m_frees)
    all.push_back({.pair = static_cast<PairId>(key >> 32),
                   .stack = static_cast<StackId>(key & 0xFFFF'FFFF),
                   .frees = frees});
  std::sort(all.begin(), all.end(),
            [](const Entry& a, const Entry& b) { return key(a.pair, a.stack) < key(b.pair, b.stack); });
  return all;
}

}  // namespace heaptap::model
