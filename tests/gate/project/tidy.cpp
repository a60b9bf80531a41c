// SPDX-License-Identifier: Apache-2.0
//
// Leaks nothing, and prints its arguments.
#include <cstdio>
#include <string>
#include <vector>

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  for (const std::string& word : words) std::printf("<%s>\n", word.c_str());
  return !words.empty() && words[0] == "fail" ? 3 : 0;
}
