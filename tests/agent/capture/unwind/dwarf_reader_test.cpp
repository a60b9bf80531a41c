// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/dwarf_reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace heaptap::capture {
namespace {

DwarfReader readerOf(const std::vector<std::uint8_t>& bytes) {
  return {bytes.data(), bytes.data() + bytes.size()};
}

// The examples of DWARF 5, tables 7.7 and 7.8.
TEST(DwarfReader, ReadsTheStandardsLeb128Examples) {
  const std::vector<std::uint8_t> unsignedNumbers{2, 0x7F, 0x80, 1, 0x81, 1, 0x82, 1, 0xB9, 0x64};
  DwarfReader u = readerOf(unsignedNumbers);
  for (const std::uint64_t expected : {2U, 127U, 128U, 129U, 130U, 12857U}) EXPECT_EQ(u.uleb(), expected);
  EXPECT_TRUE(u.atEnd());

  const std::vector<std::uint8_t> signedNumbers{2, 0x7E, 0xFF, 0,    0x81, 0x7F, 0x80,
                                                1, 0x80, 0x7F, 0x81, 1,    0xFF, 0x7E};
  DwarfReader s = readerOf(signedNumbers);
  for (const std::int64_t expected : {2, -2, 127, -127, 128, -128, 129, -129}) EXPECT_EQ(s.sleb(), expected);
  EXPECT_FALSE(s.failed());
}

TEST(DwarfReader, NeverReadsPastTheEnd) {
  const std::vector<std::uint8_t> bytes{0xFF, 0xFF, 0xFF};
  DwarfReader number = readerOf(bytes);
  EXPECT_EQ(number.fixed<std::uint32_t>(), 0U);
  EXPECT_TRUE(number.failed());
  DwarfReader unending = readerOf(bytes);
  unending.uleb();
  EXPECT_TRUE(unending.failed());
  DwarfReader skipping = readerOf(bytes);
  skipping.skip(~std::uint64_t{0});
  EXPECT_TRUE(skipping.failed());
}

TEST(DwarfReader, ResolvesEncodedPointers) {
  const std::vector<std::uint8_t> bytes{0xFC, 0xFF, 0xFF, 0xFF, 0x10, 0, 0, 0};
  DwarfReader reader = readerOf(bytes);
  const auto place = reinterpret_cast<std::uintptr_t>(bytes.data());
  EXPECT_EQ(reader.encoded(pointer_encoding::kRelativeToPc | pointer_encoding::kSdata4, 0), place - 4);
  EXPECT_EQ(reader.encoded(pointer_encoding::kRelativeToData | pointer_encoding::kUdata4, 0x1000), 0x1010U);
  EXPECT_FALSE(reader.failed());
}

TEST(DwarfReader, RefusesAnUnknownEncoding) {
  const std::vector<std::uint8_t> bytes(16, 0);
  DwarfReader reader = readerOf(bytes);
  reader.encoded(0x0F, 0);
  EXPECT_TRUE(reader.failed());
}

}  // namespace
}  // namespace heaptap::capture
