// SPDX-License-Identifier: Apache-2.0
#include "cli/report/function_name.h"

#include <gtest/gtest.h>

#include "cli/text/utf8.h"

namespace heaptap::cli {
namespace {

TEST(FunctionName, AShortOneStaysWhole) {
  EXPECT_EQ(shortFunctionName("main", 40), "main");
  EXPECT_EQ(shortFunctionName("std::vector<int>::push_back(int const&)", 0),
            "std::vector<int>::push_back(int const&)");
}

TEST(FunctionName, InnerTemplateArgumentsGoFirst) {
  const char* name = "std::vector<std::pair<int, std::allocator<int>>, std::less<int>>::grow(int)";
  EXPECT_EQ(shortFunctionName(name, 60), "std::vector<std::pair<…>, std::less<…>>::grow(int)");
  EXPECT_EQ(shortFunctionName(name, 30), "std::vector<…>::grow(int)");
}

TEST(FunctionName, OperatorsAreNoBrackets) {
  EXPECT_EQ(shortFunctionName("std::ostream& operator<< <char, std::traits<char>>(std::ostream&, char)", 60),
            "std::ostream& operator<< <…>(std::ostream&, char)");
  EXPECT_EQ(shortFunctionName("aaaa::bbbbbbbbbb<int, int>::operator->()", 33),
            "aaaa::bbbbbbbbbb<…>::operator->()");
  EXPECT_EQ(shortFunctionName("aaaa::bbbbbbbbbb<int, int>::operator()(int)", 36),
            "aaaa::bbbbbbbbbb<…>::operator()(int)");
}

TEST(FunctionName, ParametersGoNextThenOuterScopes) {
  const char* name = "alpha::beta::gamma::compute(std::string const&, unsigned long long)";
  EXPECT_EQ(shortFunctionName(name, 40), "alpha::beta::gamma::compute(…)");
  EXPECT_EQ(shortFunctionName(name, 18), "…::compute(…)");
}

TEST(FunctionName, WhateverComesInTheResultFits) {
  for (const char* name :
       {"((((((((((((((((((((((((((((((", "<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<", ">>>>>>>>>>>>>>>>>>>>>>>>>>>",
        "operator<operator<operator<operator<", "a::::::::::::::::::::::::::::::::b",
        "))))))))))))))))))))))))", "ünïcödéünïcödéünïcödéünïcödé"})
    EXPECT_LE(width(shortFunctionName(name, 12)), 12U) << name;
}

}  // namespace
}  // namespace heaptap::cli
