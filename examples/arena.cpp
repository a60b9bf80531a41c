// SPDX-License-Identifier: Apache-2.0
// Many small objects that end together: an arena takes a few large chunks, and gives them back at once.
#include <heaptap/alloc.h>

#include <cstdio>
#include <list>

namespace {

constinit heaptap::Stats<heaptap::System> g_stats;
using Arena = heaptap::Arena<heaptap::StaticRef<g_stats>>;

}  // namespace

int main() {
  unsigned long long chunks = 0;
  std::size_t count = 0;
  {
    Arena arena;
    std::list<int, heaptap::StdAllocator<int, heaptap::Ref<Arena>>> nodes(arena);
    for (int i = 0; i < 100'000; ++i) nodes.push_back(i);
    count = nodes.size();
    chunks = g_stats.snapshot().live.blocks;
  }
  if (g_stats.snapshot().live.blocks != 0) return 1;
  std::printf("%zu nodes in %llu chunks, all given back\n", count, chunks);
}
