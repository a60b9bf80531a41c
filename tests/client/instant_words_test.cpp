// SPDX-License-Identifier: Apache-2.0
#include "client/instant_words.h"

#include <gtest/gtest.h>

namespace heaptap::client {
namespace {

v1::Summary tenSeconds() {
  v1::Summary summary;
  summary.mutable_info()->set_duration_ns(10'000'000'000);
  for (const char* name : {"warm", "50%", "peak", "3"}) summary.add_marks()->set_name(name);
  return summary;
}

/// In nanoseconds, `peak`, or the mark in brackets; else the error's code.
std::string read(std::string_view words) {
  const auto instant = instantOf(words, tenSeconds());
  if (!instant) return std::string(nameOf(instant.error().code));
  if (instant->peak()) return "peak";
  return instant->has_mark() ? "[" + instant->mark() + "]" : std::to_string(instant->time_ns());
}

TEST(InstantWords, TimesAreReadAsPeopleWriteThem) {
  EXPECT_EQ(read("2.5"), "2500000000");
  EXPECT_EQ(read("2.5s"), "2500000000");
  EXPECT_EQ(read("2.5 s"), "2500000000");
  EXPECT_EQ(read("90ms"), "90000000");
  EXPECT_EQ(read("1500us"), "1500000");
  EXPECT_EQ(read("7ns"), "7");
  EXPECT_EQ(read(".5"), "500000000");
  EXPECT_EQ(read("0.1min"), "6000000000");
  EXPECT_EQ(read("0.001h"), "3600000000");
  EXPECT_EQ(read("0"), "0");
  EXPECT_EQ(read("10s"), "10000000000");
  EXPECT_EQ(read("-3s"), "7000000000");
  EXPECT_EQ(read("25%"), "2500000000");
  EXPECT_EQ(read("100%"), "10000000000");
  EXPECT_EQ(read("start"), "0");
  EXPECT_EQ(read("end"), "10000000000");
  EXPECT_EQ(read("peak"), "peak");
}

TEST(InstantWords, MarksAreReadByName) {
  EXPECT_EQ(read("warm"), "[warm]");
  EXPECT_EQ(read(":warm"), "[warm]");
  EXPECT_EQ(read(":peak"), "[peak]") << "a mark, not the peak";
  EXPECT_EQ(read(":3"), "[3]");
  EXPECT_EQ(read("3"), "3000000000");
  EXPECT_EQ(read("#2"), "[#2]");
}

TEST(InstantWords, WhatIsNoInstantOfTheSessionIsRefused) {
  for (const char* words : {"10.1s", "11", "1h", "101%", "-11s", "9999999999999999999999"})
    EXPECT_EQ(read(words), nameOf(Code::Usage)) << words;
  for (const char* words :
       {"cold", "", "5 parsecs", "1e300", "nan", "inf", "-", "--5", "0x10", "1,5", ":cold", "%", "s"})
    EXPECT_EQ(read(words), nameOf(Code::NotFound)) << words;
}

TEST(InstantWords, AnUnknownNameIsAnsweredWithTheKnownOnes) {
  const auto refused = instantOf("wram", tenSeconds());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().remedy.find("warm"), std::string::npos) << refused.error().line();
}

}  // namespace
}  // namespace heaptap::client
