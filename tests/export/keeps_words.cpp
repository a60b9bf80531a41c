// SPDX-License-Identifier: Apache-2.0
//
// A program to record: a map that goes, texts that go at once, a list that is never freed, of as many as
// KEEPS says. With an argument it says "ready" while the map is there, and waits for a line.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace {

struct Word {
  Word* next;
  char letters[100];
};

__attribute__((noinline)) Word* forgotten(int count) {
  Word* first = nullptr;
  for (int i = 0; i < count; ++i) first = new Word{first, {}};
  return first;
}

__attribute__((noinline)) void fill(std::map<std::string, std::vector<int>>& table) {
  for (int i = 0; i < 500; ++i) table["a key of some length " + std::to_string(i)].resize(i + 1U);
}

}  // namespace

int main(int argc, char**) {
  const char* const keeps = std::getenv("KEEPS");
  const volatile Word* words = forgotten(keeps == nullptr ? 50 : std::atoi(keeps));
  std::map<std::string, std::vector<int>> table;
  fill(table);
  if (argc > 1) {
    std::puts("ready");
    std::fflush(stdout);
    std::getchar();
  }
  std::size_t letters = 0;
  for (int i = 0; i < 1000; ++i) letters += std::string(200U + i % 7, 'x').size();
  table.clear();
  words = nullptr;
  return words == nullptr && letters != 0 ? 0 : 1;
}
