// SPDX-License-Identifier: Apache-2.0
#include "blob/blob_codec.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "heaptap/v1/ingest.pb.h"

namespace heaptap {
namespace {

std::string noise(std::size_t bytes, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::string text(bytes, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

class ColumnsOf : public testing::TestWithParam<std::size_t> {};

TEST_P(ColumnsOf, comeBackAsTheyWere) {
  BlobEncoder encoder;
  for (int round = 0; round < 3; ++round) {
    v1::EventBatch batch;
    batch.set_events(static_cast<std::uint32_t>(GetParam()));
    batch.set_pair_low(noise(GetParam(), 1));
    batch.set_pair_high(std::string(GetParam(), '\3'));
    batch.set_lag_low(noise(GetParam() / 2, 2));
    batch.set_guess(std::string(GetParam() * 3, '\1'));
    const auto blob = encoder.encodeColumns(batch);
    ASSERT_TRUE(blob) << blob.error().line();
    EXPECT_EQ(plainBytes(*blob).value(), batch.ByteSizeLong());
    v1::EventBatch decoded;
    ASSERT_TRUE(BlobDecoder().decode(*blob, decoded));
    EXPECT_EQ(decoded.SerializeAsString(), batch.SerializeAsString());
  }
}
INSTANTIATE_TEST_SUITE_P(Bytes, ColumnsOf,
                         testing::Values(0U, 1U, 1023U, 1024U, 1025U, 20'000U, 131'072U, 1'000'000U));

TEST(BlobEncoder, columnsOfDifferentKindsDoNotShareATable) {
  std::mt19937 random(1);
  v1::EventBatch batch;
  for (int i = 0; i < 30'000; ++i) {
    batch.mutable_pair_low()->push_back(static_cast<char>(random()));
    batch.mutable_pair_high()->push_back(static_cast<char>(random() % 4));
  }
  BlobEncoder encoder;
  const std::size_t apart = encoder.encodeColumns(batch)->size();
  EXPECT_LT(apart, 30'000 * 11 / 8) << "8 bits, and 2";
  EXPECT_LT(apart, encoder.encode(batch)->size());
}

TEST(BlobDecoder, aBitThatHasChangedIsNoticed) {
  v1::EventBatch batch;
  batch.set_pair_low(noise(5000, 1));
  batch.set_guess(std::string(5000, '\1'));
  const std::string blob = BlobEncoder().encodeColumns(batch).value();
  std::mt19937 random(3);
  for (int i = 0; i < 200; ++i) {
    std::string damaged = blob;
    damaged[random() % damaged.size()] ^= static_cast<char>(1 << random() % 8);
    v1::EventBatch decoded;
    const auto outcome = BlobDecoder().decode(damaged, decoded);
    EXPECT_TRUE(!outcome || decoded.SerializeAsString() == batch.SerializeAsString());
  }
}

}  // namespace
}  // namespace heaptap
