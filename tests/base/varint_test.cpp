// SPDX-License-Identifier: Apache-2.0
#include "base/varint.h"

#include <google/protobuf/io/coded_stream.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace heaptap {
namespace {

/// Numbers around every change of length.
std::vector<std::uint64_t> edges() {
  std::vector<std::uint64_t> all{0, 1, 2, 300, std::numeric_limits<std::uint64_t>::max()};
  for (unsigned bit = 1; bit < 64; ++bit) {
    all.push_back((std::uint64_t{1} << bit) - 1);
    all.push_back(std::uint64_t{1} << bit);
    all.push_back((std::uint64_t{1} << bit) + 1);
  }
  return all;
}

std::string written(std::uint64_t value) {
  char bytes[kMaxVarintBytes];
  return std::string(bytes, putVarint(bytes, value));
}

std::string writtenByProtobuf(std::uint64_t value) {
  std::uint8_t bytes[kMaxVarintBytes];
  const std::uint8_t* end = google::protobuf::io::CodedOutputStream::WriteVarint64ToArray(value, bytes);
  std::string text;
  for (const std::uint8_t* at = bytes; at != end; ++at) text += static_cast<char>(*at);
  return text;
}

TEST(Varint, isWrittenAsProtobufDoes) {
  for (const std::uint64_t value : edges()) EXPECT_EQ(written(value), writtenByProtobuf(value)) << value;
}

TEST(Varint, isReadBackWhereverItLies) {
  std::string bytes;
  for (const std::uint64_t value : edges()) bytes += written(value);
  VarintReader reader(bytes);
  for (const std::uint64_t value : edges()) {
    std::uint64_t read = 0;
    ASSERT_TRUE(reader.next(read)) << value;
    EXPECT_EQ(read, value);
    ASSERT_TRUE(VarintReader(written(value)).next(read)) << value << ", the last in its column";
    EXPECT_EQ(read, value);
  }
  EXPECT_TRUE(reader.atEnd());
  std::uint64_t none = 0;
  EXPECT_FALSE(reader.next(none));
}

TEST(Varint, thatIsCutOffIsRefused) {
  for (const std::uint64_t value : edges()) {
    const std::string whole = written(value);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      std::uint64_t read = 0;
      EXPECT_FALSE(VarintReader(std::string_view(whole).substr(0, length)).next(read)) << value;
    }
  }
}

TEST(Varint, beyond64BitsIsRefused) {
  std::uint64_t read = 0;
  EXPECT_FALSE(VarintReader(std::string(9, '\xFF') + '\x02').next(read));
  EXPECT_FALSE(VarintReader(std::string(10, '\x80') + '\x01').next(read));
  EXPECT_TRUE(VarintReader(std::string(9, '\xFF') + '\x01').next(read));
  EXPECT_EQ(read, std::numeric_limits<std::uint64_t>::max());
}

TEST(Zigzag, keepsSmallNumbersSmallAndComesBack) {
  EXPECT_EQ(zigzag(0), 0U);
  EXPECT_EQ(zigzag(-1), 1U);
  EXPECT_EQ(zigzag(1), 2U);
  for (const std::uint64_t value : edges())
    EXPECT_EQ(unzigzag(zigzag(static_cast<std::int64_t>(value))), static_cast<std::int64_t>(value));
}

}  // namespace
}  // namespace heaptap
