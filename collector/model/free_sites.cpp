// SPDX-License-Identifier: Apache-2.0
#include "collector/model/free_sites.h"

#include <algorithm>

namespace heaptap::model {

void FreeSites::sort(std::vector<Entry>& entries) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return key(a.pair, a.stack) < key(b.pair, b.stack); });
}

}  // namespace heaptap::model
