// SPDX-License-Identifier: Apache-2.0
//
// Everything that reads what strangers write, on damaged examples: no crash, no loop without an end. The
// damage is random, and the same each time. HEAPTAP_FUZZ_ROUNDS: so many times the usual rounds;
// HEAPTAP_FUZZ_SEED: others.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "tests/fuzz/mutation.h"
#include "tests/fuzz/subject.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::fuzz {
namespace {

unsigned long number(const char* variable, unsigned long otherwise) {
  const char* value = std::getenv(variable);
  return value != nullptr ? std::strtoul(value, nullptr, 10) : otherwise;
}

class Reader : public testing::TestWithParam<Subject> {};

TEST_P(Reader, TakesGoodExamples) {
  const auto seeds = GetParam().seeds();
  ASSERT_FALSE(seeds.empty());
  for (std::size_t i = 0; i < seeds.size(); ++i)
    EXPECT_TRUE(GetParam().read(seeds[i]) == Verdict::Taken || GetParam().name == std::string("sharedMemory"))
        << "example " << i;
}

TEST_P(Reader, SurvivesDamagedExamples) {
  const auto seeds = GetParam().seeds();
  const unsigned long seed = number("HEAPTAP_FUZZ_SEED", 1);
  std::mt19937_64 random(seed);
  const unsigned long rounds =
      static_cast<unsigned long>(GetParam().rounds) * number("HEAPTAP_FUZZ_ROUNDS", 1);
  // The latest input is in this file when the process dies; libFuzzer's programs read it (docs/testing.md).
  const std::string kept = testing::TempDir() + "heaptap-fuzz-" + GetParam().name;
  unsigned long taken = 0;
  for (unsigned long round = 0; round < rounds; ++round) {
    const Bytes input = mutated(seeds[random() % seeds.size()], random);
    if (number("HEAPTAP_FUZZ_KEEP", 0) != 0)
      std::ofstream(kept, std::ios::binary)
          .write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size()));
    taken += GetParam().read(input) == Verdict::Taken;
  }
  std::cout << taken << " of " << rounds << " taken, seed " << seed << '\n';
  // Else the damage is too small, or too large, to reach much.
  EXPECT_GT(taken, 0U);
  EXPECT_LT(taken, rounds);
}

INSTANTIATE_TEST_SUITE_P(Of, Reader,
                         testing::Values(answersSubject(), sharedMemorySubject(), messagesSubject(), columnsSubject(),
                                         sessionFileSubject(), askedFileSubject(), sqlTextSubject(),
                                         unwindSubject()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace heaptap::fuzz
