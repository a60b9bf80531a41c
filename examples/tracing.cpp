// SPDX-License-Identifier: Apache-2.0
// A program that records itself, by one line: `HEAPTAP_COLLECTOR=ADDRESS tracing`, where a heaptapd listens
// at the address, or `heaptap run -- tracing`. Where it is not recorded, it does nothing.
#include <heaptap.h>
#include <heaptap/alloc.h>

#include <cstdio>
#include <map>
#include <sstream>
#include <string>
#include <vector>

HEAPTAP_GLOBAL_ALLOCATOR(ALLOCATOR, heaptap::Tracing<heaptap::System>){};

using Index = std::map<std::string, std::vector<int>>;

Index indexOf(const std::string& text) {
  Index index;
  std::istringstream words(text);
  std::string word;
  for (int position = 0; words >> word; ++position) index[word].push_back(position);
  return index;
}

int main() {
  const Index index = indexOf("the cat saw the dog and the dog saw the bird");
  heaptap_mark("the words are indexed");
  const auto* const leaked = new Index(index);  // For the report to show.
  std::printf("%zu words, recorded: %s\n", leaked->size(), heaptap_is_recording() != 0 ? "yes" : "no");
}
