// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/address_reader.h"

#include <gtest/gtest.h>

#include "tests/gui/live_program.h"
#include "tests/gui/profile_source_at.h"

namespace heaptap::gui {
namespace {

constexpr std::uint64_t kLifeSecondNs = 1'000'000'000;
/// Where the program that is recorded here gets its first block.
constexpr quint64 kFirst = 0x10000;

class AddressHistories : public testing::Test {
 protected:
  std::uint32_t stackOf(const std::string& function) {
    return live.program.stack({"malloc", function, "main"});
  }
  Result<AddressHistory> ask(quint64 address) { return readAddress(*source, {}, {.address = address}, {}); }

  heaptap::test::TemporaryFolder folder;
  test::LiveCollector collector{folder};
  test::LiveProgram live{collector.address()};
  std::shared_ptr<client::ProfileSource> source = test::sourceAt(collector.address());
};

TEST_F(AddressHistories, SayWhoHadItWhenAndWhoFreedIt) {
  const std::uint32_t worker = live.program.thread("worker\n1");
  const auto block = live.program.at(kLifeSecondNs).allocate(20, stackOf("parse"));
  live.program.on(worker).at(3 * kLifeSecondNs).free(block);
  for (int i = 0; i < 1'000; ++i) live.program.at(4 * kLifeSecondNs).allocate(7, stackOf("render"));
  live.send();
  const auto found = ask(kFirst + 19);
  ASSERT_TRUE(found) << found.error().line();
  EXPECT_EQ(found->blocks, 1U);
  ASSERT_EQ(found->lives.size(), 1U) << "the later one is too small for this byte";
  const BlockLife& life = found->lives[0];
  EXPECT_EQ(life.address, kFirst);
  EXPECT_EQ(life.size, 20U);
  EXPECT_EQ(life.bornNs, kLifeSecondNs);
  EXPECT_EQ(life.freedNs, std::optional<quint64>(3 * kLifeSecondNs));
  EXPECT_EQ(life.freedBy, "worker 1") << "in one line";
  EXPECT_TRUE(life.label.function.startsWith("parse")) << life.label.function.toStdString();
  EXPECT_TRUE(life.isLiveAt(2 * kLifeSecondNs));
  EXPECT_FALSE(life.isLiveAt(3 * kLifeSecondNs));

  const auto again = ask(kFirst).value();
  ASSERT_EQ(again.lives.size(), 2U);
  EXPECT_EQ(again.lives[1].freedNs, std::nullopt) << "it is live";
  EXPECT_TRUE(again.lives[1].label.function.startsWith("render"));
  EXPECT_TRUE(ask(~quint64{0}).value().lives.empty());
  EXPECT_EQ(ask(1).value().blocks, 0U);
}

}  // namespace
}  // namespace heaptap::gui
