// SPDX-License-Identifier: Apache-2.0
#include <heaptap/alloc.h>
#include <heaptap/alloc/jemalloc.h>

#include <cstdio>
#include <vector>

int main() {
  const std::vector<int, heaptap::StdAllocator<int, heaptap::Jemalloc>> numbers(1000, 7);
  const std::size_t usable = heaptap::Jemalloc().usableSizeUnsized(numbers.data());
  std::puts(usable >= 4000 ? "jemalloc: well" : "jemalloc: too little");
}
