// SPDX-License-Identifier: Apache-2.0
#include "text/function_name.h"

#include <gtest/gtest.h>

#include "text/utf8.h"

namespace heaptap {
namespace {

TEST(ShortFunctionName, AShortOneStaysWhole) {
  EXPECT_EQ(shortFunctionName("main", 40), "main");
  EXPECT_EQ(shortFunctionName("std::vector<int>::push_back(int const&)", 0),
            "std::vector<int>::push_back(int const&)");
}

TEST(ShortFunctionName, InnerTemplateArgumentsGoFirst) {
  const char* name = "std::vector<std::pair<int, std::allocator<int>>, std::less<int>>::grow(int)";
  EXPECT_EQ(shortFunctionName(name, 60), "std::vector<std::pair<…>, std::less<…>>::grow(int)");
  EXPECT_EQ(shortFunctionName(name, 30), "std::vector<…>::grow(int)");
}

TEST(ShortFunctionName, OperatorsAreNoBrackets) {
  EXPECT_EQ(shortFunctionName("std::ostream& operator<< <char, std::traits<char>>(std::ostream&, char)", 60),
            "std::ostream& operator<< <…>(std::ostream&, char)");
  EXPECT_EQ(shortFunctionName("aaaa::bbbbbbbbbb<int, int>::operator->()", 33),
            "aaaa::bbbbbbbbbb<…>::operator->()");
  EXPECT_EQ(shortFunctionName("aaaa::bbbbbbbbbb<int, int>::operator()(int)", 36),
            "aaaa::bbbbbbbbbb<…>::operator()(int)");
}

TEST(ShortFunctionName, ParametersGoNextThenOuterScopes) {
  const char* name = "alpha::beta::gamma::compute(std::string const&, unsigned long long)";
  EXPECT_EQ(shortFunctionName(name, 40), "alpha::beta::gamma::compute(…)");
  EXPECT_EQ(shortFunctionName(name, 18), "…::compute(…)");
}

TEST(ShortFunctionName, WhateverComesInTheResultFits) {
  for (const char* name :
       {"((((((((((((((((((((((((((((((", "<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<", ">>>>>>>>>>>>>>>>>>>>>>>>>>>",
        "operator<operator<operator<operator<", "a::::::::::::::::::::::::::::::::b",
        "))))))))))))))))))))))))", "ünïcödéünïcödéünïcödéünïcödé"})
    EXPECT_LE(width(shortFunctionName(name, 12)), 12U) << name;
}

TEST(SpokenFunctionName, LeavesOutTemplateArgumentsAndParameters) {
  EXPECT_EQ(spokenFunctionName("std::vector<int, std::allocator<int> >::push_back(int const&)"),
            "std::vector<…>::push_back");
  EXPECT_EQ(spokenFunctionName("parse(char const*)"), "parse");
  EXPECT_EQ(spokenFunctionName("Shop::total() const"), "Shop::total");
  EXPECT_EQ(spokenFunctionName("void std::sort<int*>(int*, int*)"), "std::sort<…>");
  EXPECT_EQ(spokenFunctionName("decode(int) [clone .cold]"), "decode");
}

TEST(SpokenFunctionName, KeepsOperators) {
  EXPECT_EQ(spokenFunctionName("Json::operator[](char const*)"), "Json::operator[]");
  EXPECT_EQ(spokenFunctionName("Less::operator()(int, int) const"), "Less::operator()");
  EXPECT_EQ(spokenFunctionName("Big::operator<<(int)"), "Big::operator<<");
  EXPECT_EQ(spokenFunctionName("operator new(unsigned long)"), "operator new");
  EXPECT_EQ(spokenFunctionName("Value::operator bool() const"), "Value::operator bool");
}

TEST(SpokenFunctionName, KeepsLambdasAndNamelessScopes) {
  EXPECT_EQ(spokenFunctionName("(anonymous namespace)::load(int)"), "(anonymous namespace)::load");
  EXPECT_EQ(spokenFunctionName("void run<int>(int)::{lambda(char const*)#1}::operator()(char const*) const"),
            "run<…>::{lambda(char const*)#1}::operator()");
  EXPECT_EQ(spokenFunctionName("run(int)::{lambda(int)#1}::operator()(int) const"),
            "run::{lambda(int)#1}::operator()");
}

TEST(SpokenFunctionName, KeepsWhatIsNotCpp) {
  EXPECT_EQ(spokenFunctionName("jv_mem_alloc"), "jv_mem_alloc");
  EXPECT_EQ(spokenFunctionName("<alloc::vec::Vec as core::clone::Clone>::clone"),
            "<alloc::vec::Vec as core::clone::Clone>::clone");
  EXPECT_EQ(spokenFunctionName("0x4711"), "0x4711");
  EXPECT_EQ(spokenFunctionName(""), "");
}

/// Nothing of a name may go unmarked, unless it is known to be none of the name.
TEST(SpokenFunctionName, KeepsOddNamesWhole) {
  for (const char* name :
       {"a name (with brackets) and more", "a name with <brackets> behind which it goes on", "name(odd) tail",
        "say \"hello\" (twice)", "(begins so) and goes on", "f(int) requires odd"})
    EXPECT_EQ(spokenFunctionName(name),
              std::string_view(name) == "a name with <brackets> behind which it goes on"
                  ? "a name with <…> behind which it goes on"
                  : name);
  EXPECT_EQ(spokenFunctionName("decltype ({parm#1}+{parm#2}) add<int>(int, int)"), "add<…>");
  EXPECT_EQ(spokenFunctionName("non-virtual thunk to Foo::bar(int)"), "Foo::bar");
  EXPECT_EQ(spokenFunctionName("grow<int>(int) [clone .cold]"), "grow<…>");
  EXPECT_EQ(spokenFunctionName("main<int> [clone .cold]"), "main<…> [clone .cold]");
  EXPECT_EQ(spokenFunctionName("Shop::total(int) const & (.llvm.17)"), "Shop::total");
}

TEST(SpokenFunctionName, KeepsBrokenNames) {
  EXPECT_EQ(spokenFunctionName("broken<<<"), "broken<<<");
  EXPECT_EQ(spokenFunctionName("broken("), "broken(");
  EXPECT_EQ(spokenFunctionName(">>)"), ">>)");
}

TEST(SpokenFunctionName, WhateverComesIsAnswered) {
  for (const char* name : {"((((((((", "<<<<<<<<", ">>>>>>>>", "operator<operator<operator<", "a::::::::b",
                           "))))))))", "f(ünïcödé)", "operator", ">", ""})
    EXPECT_LE(spokenFunctionName(name).size(), std::string_view(name).size()) << name;
}

}  // namespace
}  // namespace heaptap
