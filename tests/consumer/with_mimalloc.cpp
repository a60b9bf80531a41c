// SPDX-License-Identifier: Apache-2.0
#include <heaptap/alloc.h>
#include <heaptap/alloc/mimalloc.h>

#include <cstdio>
#include <vector>

int main() {
  const std::vector<int, heaptap::StdAllocator<int, heaptap::Mimalloc>> numbers(1000, 7);
  const std::size_t usable = heaptap::Mimalloc().usableSizeUnsized(numbers.data());
  std::puts(usable >= 4000 ? "mimalloc: well" : "mimalloc: too little");
}
