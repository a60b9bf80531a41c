// SPDX-License-Identifier: Apache-2.0
//
// Frees all that it allocates, and ends with the status that the command line says.
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  std::vector<std::unique_ptr<std::string>> texts;
  for (int i = 0; i < 100; ++i)
    texts.push_back(std::make_unique<std::string>(static_cast<std::size_t>(i) + 30, 'x'));
  return argc > 1 ? std::atoi(argv[1]) : 0;
}
