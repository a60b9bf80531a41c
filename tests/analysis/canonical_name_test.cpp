// SPDX-License-Identifier: Apache-2.0
#include "analysis/comparison/canonical_name.h"

#include <gtest/gtest.h>

namespace heaptap::analysis {
namespace {

TEST(CanonicalName, NumbersOfLambdasAreOfOneBuild) {
  EXPECT_EQ(canonicalName("main::{lambda(int)#2}::operator()(int) const"),
            "main::{lambda}::operator()(int) const");
  EXPECT_EQ(canonicalName("main::$_0::operator()(int) const"), "main::{lambda}::operator()(int) const");
  EXPECT_EQ(canonicalName("main::'lambda1'(int)::operator()(int) const"),
            "main::{lambda}::operator()(int) const");
  EXPECT_EQ(canonicalName("run<f()::{lambda({unnamed type#3})#1}>(f()::{lambda({unnamed type#3})#1})"),
            "run<f()::{lambda}>(f()::{lambda})");
  EXPECT_EQ(canonicalName("f({unnamed type#12}, int)"), "f({unnamed type}, int)");
}

TEST(CanonicalName, WhatTheCompilerNumbersIsKnown) {
  EXPECT_EQ(unnamedParts("main::{lambda(int)#2}::operator()(int) const"), "{lambda(int)#2}");
  EXPECT_EQ(unnamedParts("f()::$_1::operator()() const::$_0::operator()() const"), "$_1$_0");
  EXPECT_EQ(unnamedParts("app::run::{closure#3}"), "{closure#3}");
  EXPECT_EQ(unnamedParts("name[abi:cxx11](int) [clone .isra.0]"), "");
  EXPECT_EQ(withOrdinal("main::{lambda}::operator()(int) const", 2),
            "main::{lambda#2}::operator()(int) const");
  EXPECT_EQ(withOrdinal("f({unnamed type}, {closure})", 1), "f({unnamed type#1}, {closure#1})");
  EXPECT_EQ(withOrdinal("plain", 1), "plain");
}

TEST(CanonicalName, ClonesAreTheFunction) {
  EXPECT_EQ(canonicalName("parse(char const*) [clone .constprop.0]"), "parse(char const*)");
  EXPECT_EQ(canonicalName("parse(char const*) [clone .part.1] [clone .cold]"), "parse(char const*)");
  EXPECT_EQ(canonicalName("parse.isra.0"), "parse");
  EXPECT_EQ(canonicalName("parse.part.3.cold"), "parse");
  EXPECT_EQ(canonicalName("grow.llvm.1234567"), "grow");
  EXPECT_EQ(canonicalName("main.party"), "main.party");  // Go: a package and its function.
}

TEST(CanonicalName, RustHashesAndCrateNumbersGo) {
  EXPECT_EQ(canonicalName("app::run::h0123456789abcdef"), "app::run");
  EXPECT_EQ(canonicalName("app::run::{{closure}}::h0123456789abcdef"), "app::run::{closure}");
  EXPECT_EQ(canonicalName("app[4f1a2b3c4d5e6f70]::run::{closure#0}"), "app::run::{closure}");
  EXPECT_EQ(canonicalName("app::h1234"), "app::h1234");
}

TEST(CanonicalName, StandardLibrariesHaveOneNamespace) {
  EXPECT_EQ(
      canonicalName("f(std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >)"),
      "f(std::basic_string<char, std::char_traits<char>, std::allocator<char>>)");
  EXPECT_EQ(canonicalName("std::__1::vector<int>::reserve(unsigned long)"),
            "std::vector<int>::reserve(unsigned long)");
  EXPECT_EQ(canonicalName("name[abi:cxx11](int)"), "name(int)");
}

TEST(CanonicalName, OrdinaryNamesStayAsTheyAre) {
  for (const char* name :
       {"", "main", "operator new(unsigned long)", "operator[](int)", "a::operator>>(b, int [3])", "{", "f({",
        "$", "$_", "'lambda", "[", "[abi:", "(anonymous namespace)::f()", "x$y", "::h"})
    EXPECT_EQ(canonicalName(name), name);
}

TEST(CanonicalModule, VersionsOfALibraryAreOne) {
  EXPECT_EQ(canonicalModule("/usr/lib/libz.so.1.2.13"), "libz.so");
  EXPECT_EQ(canonicalModule("/lib/libc-2.31.so"), "libc.so");
  EXPECT_EQ(canonicalModule("/lib64/ld-linux-x86-64.so.2"), "ld-linux-x86-64.so");
  EXPECT_EQ(canonicalModule("/opt/plugin.so (deleted)"), "plugin.so");
  EXPECT_EQ(canonicalModule("/opt/a.sound/x.sources"), "x.sources");
  EXPECT_EQ(canonicalModule("/py/_m.cpython-311-x86_64-linux-gnu.so"), "_m.cpython-311-x86_64-linux-gnu.so");
  EXPECT_EQ(canonicalModule("/usr/bin/app"), "app");
  EXPECT_EQ(canonicalModule(""), "");
}

}  // namespace
}  // namespace heaptap::analysis
