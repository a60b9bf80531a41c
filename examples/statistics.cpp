// SPDX-License-Identifier: Apache-2.0
// What does a part of the program allocate? Its containers count in a static allocator, and grow by no byte
// for it.
#include <heaptap/alloc.h>

#include <cstdio>
#include <vector>

namespace {

constinit heaptap::Stats<heaptap::System> g_stats;

using Numbers = std::vector<int, heaptap::StdAllocator<int, heaptap::StaticRef<g_stats>>>;
static_assert(sizeof(Numbers) == sizeof(std::vector<int>));

}  // namespace

int main() {
  const Numbers kept(1000);
  { const Numbers temporary(2000); }

  const heaptap::StatsSnapshot now = g_stats.snapshot();
  std::printf(
      "live: %llu blocks, %llu bytes; peak: %llu bytes\n", static_cast<unsigned long long>(now.live.blocks),
      static_cast<unsigned long long>(now.live.bytes), static_cast<unsigned long long>(now.peakBytes));
  for (const auto& size : now.classes) {
    if (size.total.blocks == 0) continue;
    std::printf("up to %zu bytes: %llu in total, %llu live\n", size.upTo,
                static_cast<unsigned long long>(size.total.blocks),
                static_cast<unsigned long long>(size.live.blocks));
  }
}
