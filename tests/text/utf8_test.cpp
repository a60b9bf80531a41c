// SPDX-License-Identifier: Apache-2.0
#include "text/utf8.h"

#include <gtest/gtest.h>

namespace heaptap {
namespace {

TEST(Utf8, ValidTextStays) { EXPECT_EQ(validUtf8("aé€😀"), "aé€😀"); }

TEST(Utf8, WhatIsNotUtf8IsReplaced) {
  EXPECT_EQ(validUtf8("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(validUtf8("\xC3"), "\xEF\xBF\xBD") << "cut short";
  EXPECT_EQ(validUtf8("\xC0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD") << "overlong";
  EXPECT_EQ(validUtf8("\xED\xA0\x80").find("\xED"), std::string::npos) << "surrogate";
}

TEST(Utf8, ColumnsAreCodePoints) {
  EXPECT_EQ(width("aé€😀"), 4U);
  EXPECT_EQ(firstColumns("aé€😀", 2), "aé");
}

TEST(Padded, ColumnsAreCodePoints) {
  EXPECT_EQ(padded("é", 3), "é  ");
  EXPECT_EQ(paddedLeft("é", 3), "  é");
}

}  // namespace
}  // namespace heaptap
