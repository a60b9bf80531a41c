// SPDX-License-Identifier: Apache-2.0
// A cache whose memory is apart from everything else: in an arena of jemalloc's that only it uses. malloc
// stays libc's.
#include <heaptap/alloc.h>
#include <heaptap/alloc/jemalloc.h>

#include <cstdio>
#include <map>
#include <optional>

int main() {
  const std::optional<heaptap::JemallocArena> arena = heaptap::JemallocArena::create();
  if (!arena) return 1;

  using Pinned =
      heaptap::StdAllocator<std::pair<const int, double>, heaptap::Ref<const heaptap::JemallocArena>>;
  std::map<int, double, std::less<>, Pinned> cache{Pinned(*arena)};
  for (int i = 0; i < 1000; ++i) cache[i] = i / 2.0;

  const bool apart = heaptap::Jemalloc::arenaOf(&cache[0]) == arena->index();
  std::printf("%s; %zu bytes allocated by jemalloc\n", apart ? "cache in an arena of its own" : "somewhere",
              heaptap::Jemalloc::statistics().allocated);
  heaptap::Jemalloc::dumpStatistics(stderr, "gmdablxe");  // What is left of it: a page.
}
