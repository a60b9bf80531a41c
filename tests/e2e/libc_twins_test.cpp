// SPDX-License-Identifier: Apache-2.0
//
// libc's allocator by its other names: __libc_malloc and its like.
#include <gmock/gmock.h>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

struct Way {
  std::string name;
  std::string program;
  std::string preload = "$LD_PRELOAD";
  std::vector<std::string> options = {};
  bool isMallocInFront = false;
};

class LibcsOtherNames : public testing::TestWithParam<Way> {
 protected:
  LibcsOtherNames()
      : m_recording({"/bin/sh", "-c",
                     "LD_PRELOAD=" + GetParam().preload + " exec " + recordedProgram(GetParam().program)},
                    {{"WRAPPER", recordedProgram("libmalloc_of_twins.so")}}, "", GetParam().options) {}

  [[nodiscard]] const Outcome& outcome() const { return m_recording.outcome(); }
  /// Of the program, not of the shell.
  [[nodiscard]] Report report() const {
    for (const Report& report : reportsIn(m_recording.folder()))
      if (report.text("executable").find(GetParam().program) != std::string::npos) return report;
    throw std::runtime_error("the program has no session");
  }

 private:
  Recording m_recording;
};

TEST_P(LibcsOtherNames, AreCountedOnceAndFreedByAnyOther) {
  ASSERT_EQ(outcome().status, 0) << outcome().err;
  const Report report = this->report();
  EXPECT_EQ(report["allocations"], 10 * 7 + 10 * 5 + 10 * 7);
  EXPECT_EQ(report["frees"], 10 * 1 + 10 * 1 + 10 * 7);
  EXPECT_EQ(report["allocatedBytes"],
            10 * (6 * 100 + 1) + 10 * (3 * 50 + 64 + 1) + 10 * (100 + 100 + 30 + 40 + 20 + 30 + 4000));
  EXPECT_EQ(report["unmatchedFrees"], 0);
  EXPECT_EQ(report["wrongUses"], 0);
  EXPECT_EQ(report["lostFrees"], 0);
  const std::string notes = report.report().at("summary").at("notes").dump();
  EXPECT_EQ(notes.find("defines malloc itself") != std::string::npos, GetParam().isMallocInFront) << notes;
  if (!GetParam().options.empty()) return;
  std::int64_t kept = 0;
  for (const auto& site : report.sitesIn("keepsByOtherNames")) kept += site.at("bytes").get<std::int64_t>();
  // Where malloc is the program's own, the innermost function is that.
  EXPECT_EQ(kept, 10 * 6 * 100);
}

INSTANTIATE_TEST_SUITE_P(
    Of, LibcsOtherNames,
    testing::Values(
        Way{"AProgram", "libc_twins"},
        Way{"AProgramWithAMallocOfItsOwn", "malloc_of_twins", "$LD_PRELOAD", {}, true},
        Way{"AWrapperBehind", "libc_twins", "$LD_PRELOAD:$WRAPPER"},
        Way{"AWrapperInFront", "libc_twins", "$WRAPPER:$LD_PRELOAD", {}, true},
        Way{"AProgramThatIsSampled", "libc_twins", "$LD_PRELOAD", {"--sample", "1K"}},
        Way{"AWrapperBehindThatIsSampled", "libc_twins", "$LD_PRELOAD:$WRAPPER", {"--sample", "1K"}}),
    [](const auto& test) { return test.param.name; });

TEST(OwnMalloc, IsStillTheOneThatOperatorNewCalls) {
  const Recording recording({recordedProgram("counts_its_mallocs")});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(recording.outcome().out, "10 10\n");
  EXPECT_EQ(recording["unmatchedFrees"], 0);
  EXPECT_GE(recording["temporaryAllocations"], 10);
}

}  // namespace
}  // namespace heaptap::test
