// SPDX-License-Identifier: Apache-2.0
//
// The same for libFuzzer (clang, -fsanitize=fuzzer): one program for each reader. Its examples come first,
// when it is called with a folder that it can write them to: `--examples FOLDER`.
#include <fstream>
#include <iostream>

#include "tests/fuzz/subject.h"

namespace {

const heaptap::fuzz::Subject& subject() {
  static const heaptap::fuzz::Subject chosen = heaptap::fuzz::HEAPTAP_FUZZ_SUBJECT();
  return chosen;
}

}  // namespace

// NOLINTBEGIN(readability-identifier-naming): the names are libFuzzer's.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (*argc != 3 || std::string((*argv)[1]) != "--examples") return 0;
  int number = 0;
  for (const auto& seed : subject().seeds())
    std::ofstream(std::string((*argv)[2]) + "/example-" + std::to_string(number++), std::ios::binary)
        .write(reinterpret_cast<const char*>(seed.data()), static_cast<std::streamsize>(seed.size()));
  std::cout << number << " examples\n";
  exit(number > 0 ? 0 : 1);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)subject().read({data, size});
  return 0;
}
// NOLINTEND(readability-identifier-naming)
