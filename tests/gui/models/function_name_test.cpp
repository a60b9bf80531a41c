// SPDX-License-Identifier: Apache-2.0
#include "gui/models/function_name.h"

#include <gtest/gtest.h>

namespace heaptap::gui {
namespace {

QString shorter(const char* name) { return shortFunctionName(QString::fromUtf8(name)); }

TEST(FunctionName, LeavesOutTemplateArgumentsAndParameters) {
  EXPECT_EQ(shorter("std::vector<int, std::allocator<int> >::push_back(int const&)"),
            "std::vector<…>::push_back");
  EXPECT_EQ(shorter("parse(char const*)"), "parse");
  EXPECT_EQ(shorter("Shop::total() const"), "Shop::total");
  EXPECT_EQ(shorter("void std::sort<int*>(int*, int*)"), "std::sort<…>");
  EXPECT_EQ(shorter("decode(int) [clone .cold]"), "decode");
}

TEST(FunctionName, KeepsOperators) {
  EXPECT_EQ(shorter("Json::operator[](char const*)"), "Json::operator[]");
  EXPECT_EQ(shorter("Less::operator()(int, int) const"), "Less::operator()");
  EXPECT_EQ(shorter("Big::operator<<(int)"), "Big::operator<<");
  EXPECT_EQ(shorter("operator new(unsigned long)"), "operator new");
  EXPECT_EQ(shorter("Value::operator bool() const"), "Value::operator bool");
}

TEST(FunctionName, KeepsLambdasAndNamelessScopes) {
  EXPECT_EQ(shorter("(anonymous namespace)::load(int)"), "(anonymous namespace)::load");
  EXPECT_EQ(shorter("void run<int>(int)::{lambda(char const*)#1}::operator()(char const*) const"),
            "run<…>::{lambda(char const*)#1}::operator()");
  EXPECT_EQ(shorter("run(int)::{lambda(int)#1}::operator()(int) const"), "run::{lambda(int)#1}::operator()");
}

TEST(FunctionName, KeepsWhatIsNotCpp) {
  EXPECT_EQ(shorter("jv_mem_alloc"), "jv_mem_alloc");
  EXPECT_EQ(shorter("<alloc::vec::Vec as core::clone::Clone>::clone"),
            "<alloc::vec::Vec as core::clone::Clone>::clone");
  EXPECT_EQ(shorter("0x4711"), "0x4711");
  EXPECT_EQ(shorter(""), "");
}

TEST(FunctionName, KeepsBrokenNames) {
  EXPECT_EQ(shorter("broken<<<"), "broken<<<");
  EXPECT_EQ(shorter("broken("), "broken(");
  EXPECT_EQ(shorter(">>)"), ">>)");
}

}  // namespace
}  // namespace heaptap::gui
