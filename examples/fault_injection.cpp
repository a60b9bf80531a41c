// SPDX-License-Identifier: Apache-2.0
// What happens when memory ends? Try it at the first request, at the second, … until nothing fails any more.
#include <heaptap/alloc.h>

#include <cstdio>
#include <map>
#include <new>
#include <string>

namespace {

constinit heaptap::FailAfter<heaptap::Stats<heaptap::System>> g_heap;
template <class T>
using Own = heaptap::StdAllocator<T, heaptap::StaticRef<g_heap>>;
using String = std::basic_string<char, std::char_traits<char>, Own<char>>;

void underTest() {
  std::map<String, String, std::less<>, Own<std::pair<const String, String>>> names;
  for (const char key : {'a', 'b', 'c'}) names[String(40, key)] = String(100, key);
}

}  // namespace

int main() {
  unsigned long long ways = 0;
  for (bool failed = true; failed; ways += failed ? 1 : 0) {
    g_heap.arm(ways);
    failed = false;
    try {
      underTest();
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    if (g_heap.inner().snapshot().live.blocks != 0) return 1;
  }
  std::printf("nothing leaked in %llu ways out of memory\n", ways);
}
