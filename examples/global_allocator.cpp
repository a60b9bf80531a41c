// SPDX-License-Identifier: Apache-2.0
// One line selects the allocator of the whole program: of new and delete, and of whatever allocates by
// heaptap::Heap. Stats is told sizes, and delete often knows none: Headered remembers them.
#include <heaptap/alloc.h>

#include <cstdio>
#include <string>
#include <vector>

HEAPTAP_GLOBAL_ALLOCATOR(ALLOCATOR, heaptap::Headered<heaptap::Stats<heaptap::System>>){};

int main() {
  {
    const std::vector<std::string> names(3, std::string(100, 'x'));       // By operator new.
    const std::vector<int, heaptap::StdAllocator<int>> numbers{1, 2, 3};  // By Heap.
    const heaptap::Layout layout = heaptap::Layout::of<double>();
    ALLOCATOR.dealloc(ALLOCATOR.alloc(layout), layout);  // By its name: it is an ordinary object.
  }
  const heaptap::StatsSnapshot now = ALLOCATOR.inner().snapshot();
  std::printf("the program's allocator served %llu blocks, %llu live\n",
              static_cast<unsigned long long>(now.total.blocks),
              static_cast<unsigned long long>(now.live.blocks));
}
