// SPDX-License-Identifier: Apache-2.0
//
// Batches of form 1 that are damaged: each is refused, and none believed in part.
#include "collector/ingest/split_columns.h"

#include <gtest/gtest.h>

#include <functional>

#include "agent/relay/pack/column_writer.h"
#include "tests/support/whole_batch.h"

namespace heaptap::ingest {
namespace {

/// Allocation 10 of pair 0, 11 of pair 1, the free of 10, the allocation of 12 where 10 was, the free of 3.
class SplitBatch : public testing::Test {
 protected:
  SplitBatch() {
    using Event = relay::RecordedEvent;
    const std::vector<Event> events{
        {.timeNs = 100, .address = 0x1000, .pair = 0},
        {.timeNs = 200, .address = 0x9000, .pair = 1},
        {.timeNs = 300, .number = 10, .pair = 0, .lifetimeLog2 = 7, .isFree = true},
        {.timeNs = 400, .address = 0x1000, .pair = 0},
        {.timeNs = 500, .number = 3, .pair = 2, .lifetimeLog2 = 20, .isFree = true},
    };
    EXPECT_TRUE(
        relay::ColumnWriter().write({.firstAllocation = 10, .baseTimeNs = 100}, events, kChunks, batch));
  }
  Result<void> read(const v1::EventBatch& damaged) {
    return columns
        .read(damaged, {.timeUnits = 1000, .timeUnitNs = 100, .threads = 1, .pairs = 3, .stacks = 1})
        .and_then([&] {
          test::KnownChunks chunks(kChunks);
          return addresses.read(damaged, columns, chunks);
        });
  }
  const std::vector<std::uint32_t> kChunks{32, 64, 32};
  v1::EventBatch batch;
  BatchColumns columns;
  AddressColumn addresses;
};

TEST_F(SplitBatch, isReadWithWhatItDoesNotRepeat) {
  ASSERT_TRUE(read(batch));
  EXPECT_EQ(columns.pairs(), (std::vector<std::uint32_t>{0, 1, 0}));
  EXPECT_EQ(columns.freed(), (std::vector<std::uint64_t>{10, 3}));
  EXPECT_EQ(columns.freedPairs(), (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(columns.lifetimes(), (std::vector<std::uint8_t>{7, 20}));
  EXPECT_EQ(addresses.addresses(), (std::vector<std::uint64_t>{0x1000, 0x9000, 0x1000}));
  EXPECT_EQ(batch.freed_pair_low().size(), 1U) << "the other one is its allocation's";
  EXPECT_EQ(batch.address_low().size(), 2U) << "the third is guessed";
}

struct SplitDamage {
  const char* name;
  std::function<void(v1::EventBatch&)> inflict;
};
class DamagedSplitBatch : public SplitBatch, public testing::WithParamInterface<SplitDamage> {};

TEST_P(DamagedSplitBatch, isRefused) {
  v1::EventBatch damaged = batch;
  GetParam().inflict(damaged);
  const auto outcome = read(damaged);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::Corrupt) << outcome.error().line();
  EXPECT_TRUE(read(batch)) << "the sound one still is";
}

const std::string kBeyond64Bits = std::string(8, '\xFF') + "\x7F";
const SplitDamage kSplitDamages[] = {
    {"unknownForm", [](auto& b) { b.set_form(2); }},
    {"pairMissing", [](auto& b) { b.mutable_pair_low()->pop_back(); }},
    {"pairTooMany", [](auto& b) { b.mutable_pair_low()->push_back('\0'); }},
    {"restOfPairMissing", [](auto& b) { b.mutable_pair_high()->pop_back(); }},
    {"restOfPairTooMany", [](auto& b) { b.mutable_pair_high()->push_back('\0'); }},
    {"pairNotDefined", [](auto& b) { b.mutable_pair_low()->at(1) = '\3'; }},
    {"pairBeyond32Bits", [](auto& b) { b.set_pair_high(std::string("\0\x80\x80\x80\x80\x10\0", 7)); }},
    {"pairBeyond64Bits",
     [](auto& b) { b.set_pair_high(std::string(1, '\0') + kBeyond64Bits + std::string(1, '\0')); }},
    {"lagMissing", [](auto& b) { b.mutable_lag_low()->pop_back(); }},
    {"restOfLagMissing", [](auto& b) { b.mutable_lag_high()->clear(); }},
    {"freeOfWhatWasNeverMade", [](auto& b) { b.mutable_lag_low()->at(1) = '\15'; }},
    {"freeBeforeTheFirstAllocation",
     [](auto& b) {
       b.set_first_allocation(0);
       b.set_kinds("\x15");
     }},
    {"pairOfAFreeMissing", [](auto& b) { b.mutable_freed_pair_low()->clear(); }},
    {"pairOfAFreeTooMany", [](auto& b) { b.mutable_freed_pair_low()->push_back('\0'); }},
    {"pairOfAFreeNotDefined", [](auto& b) { b.mutable_freed_pair_low()->at(0) = '\3'; }},
    {"lifetimeMissing", [](auto& b) { b.mutable_lifetime()->pop_back(); }},
    {"lifetimeAbove63", [](auto& b) { b.mutable_lifetime()->at(0) = '\x40'; }},
    {"guessMissing", [](auto& b) { b.mutable_guess()->pop_back(); }},
    {"guessUnknown",
     [](auto& b) { b.mutable_guess()->at(0) = static_cast<char>(columns::AddressGuesses::kCodes); }},
    {"guessOfABlockThatWasNotFreed",
     [](auto& b) { b.mutable_guess()->at(2) = static_cast<char>(columns::AddressGuesses::kReused + 1); }},
    {"guessOfABlockOfAnotherSize", [](auto& b) { b.mutable_pair_low()->at(2) = '\1'; }},
    {"addressMissing",
     [](auto& b) {
       b.mutable_address_low()->pop_back();
       b.mutable_address_high()->pop_back();
     }},
    {"addressTooMany",
     [](auto& b) {
       b.mutable_address_low()->push_back('\0');
       b.mutable_address_high()->push_back('\0');
     }},
    {"restOfAddressMissing", [](auto& b) { b.mutable_address_high()->pop_back(); }},
    {"addressBeyondAnyAddressSpace", [](auto& b) { b.set_address_shift(56); }},
    {"shiftBeyond64Bits", [](auto& b) { b.set_address_shift(64); }},
};
INSTANTIATE_TEST_SUITE_P(Of, DamagedSplitBatch, testing::ValuesIn(kSplitDamages),
                         [](const auto& damage) { return std::string(damage.param.name); });

TEST_F(SplitBatch, isNotReadWhereItsPairsAreNotKnown) {
  ASSERT_TRUE(read(batch));
  const std::vector<std::uint32_t> few{32};
  test::KnownChunks chunks(few);
  EXPECT_FALSE(addresses.read(batch, columns, chunks));
}

}  // namespace
}  // namespace heaptap::ingest
