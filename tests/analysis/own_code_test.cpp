// SPDX-License-Identifier: Apache-2.0
#include "analysis/own_code.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/client/profile_builder.h"

namespace heaptap::analysis {
namespace {

CodeOwner ownerOfCpp(std::string_view function) { return ownerOf(function, "/usr/bin/app", "/src/app.cpp"); }

TEST(OwnCodeTest, ModulesOfRuntimesAreKnownByTheirNames) {
  EXPECT_EQ(ownerOf("", "/lib/x86_64-linux-gnu/libc.so.6", ""), CodeOwner::CLibrary);
  EXPECT_EQ(ownerOf("getline", "/lib/libc-2.31.so", ""), CodeOwner::CLibrary);
  EXPECT_EQ(ownerOf("", "/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30", ""), CodeOwner::CppRuntime);
  EXPECT_EQ(ownerOf("_dl_init", "/lib64/ld-linux-x86-64.so.2", ""), CodeOwner::Loader);
  EXPECT_EQ(ownerOf("", "/usr/bin/app", ""), CodeOwner::Program);
  EXPECT_EQ(ownerOf("parse", "/opt/libcsv.so", ""), CodeOwner::Program);
  EXPECT_EQ(ownerOf("parse", "/opt/libc.so.d/libcrypto.so.3", ""), CodeOwner::Program);
}

TEST(OwnCodeTest, TheStandardLibraryIsKnownInTheProgramToo) {
  EXPECT_EQ(ownerOfCpp("std::vector<int, std::allocator<int> >::push_back(int const&)"),
            CodeOwner::CppRuntime);
  EXPECT_EQ(ownerOfCpp("void std::vector<app::Node, std::allocator<app::Node> >::_M_realloc_insert<app::Node "
                       "const&>(__gnu_cxx::__normal_iterator<app::Node*, std::vector<app::Node> >)"),
            CodeOwner::CppRuntime);
  EXPECT_EQ(ownerOfCpp("__gnu_cxx::new_allocator<char>::allocate(unsigned long, void const*)"),
            CodeOwner::CppRuntime);
  EXPECT_EQ(ownerOf("allocate", "/usr/bin/app", "/usr/include/c++/12/bits/new_allocator.h"),
            CodeOwner::CppRuntime);
  EXPECT_EQ(ownerOfCpp("__libc_start_call_main"), CodeOwner::Start);
}

TEST(OwnCodeTest, WhatOnlyUsesTheStandardLibraryIsTheProgramsOwn) {
  EXPECT_EQ(ownerOfCpp("app::read(std::vector<int>&)"), CodeOwner::Program);
  EXPECT_EQ(ownerOfCpp("std::string app::read[abi:cxx11](int)"), CodeOwner::Program);
  EXPECT_EQ(ownerOfCpp("app::Parser<std::string>::next()"), CodeOwner::Program);
  EXPECT_EQ(ownerOfCpp("stdlike::vector::grow()"), CodeOwner::Program);
  EXPECT_EQ(ownerOfCpp("main"), CodeOwner::Program);
  EXPECT_EQ(ownerOfCpp("core::Engine::start()"), CodeOwner::Program);
  EXPECT_EQ(ownerOf("core::Engine::start()", "/usr/bin/app", ""), CodeOwner::Program);
  EXPECT_EQ(ownerOfCpp("start_threads"), CodeOwner::Program);
}

TEST(OwnCodeTest, RustsLibraryIsTheCrateOfTheFunctionOrOfItsType) {
  const auto owner = [](std::string_view function) {
    return ownerOf(function, "/usr/bin/app", "src/main.rs");
  };
  EXPECT_EQ(owner("alloc::vec::Vec<T,A>::push"), CodeOwner::RustRuntime);
  EXPECT_EQ(owner("<alloc::vec::Vec<T,A> as core::clone::Clone>::clone"), CodeOwner::RustRuntime);
  EXPECT_EQ(owner("<T as alloc::slice::hack::ConvertVec>::to_vec"), CodeOwner::RustRuntime);
  EXPECT_EQ(owner("std::rt::lang_start::{{closure}}"), CodeOwner::RustRuntime);
  EXPECT_EQ(owner("<app::Parser as core::clone::Clone>::clone"), CodeOwner::Program);
  EXPECT_EQ(owner("app::main"), CodeOwner::Program);
  EXPECT_EQ(ownerOf("push", "/usr/bin/app", "/rustc/90c541/library/alloc/src/vec/mod.rs"),
            CodeOwner::RustRuntime);
}

TEST(OwnCodeTest, FunctionsThatAllocateForOthersAreNoRootCause) {
  EXPECT_EQ(ownerOfCpp("xmalloc"), CodeOwner::Allocation);
  EXPECT_EQ(ownerOf("g_malloc0", "/usr/lib/libglib-2.0.so.0", ""), CodeOwner::Allocation);
  EXPECT_EQ(ownerOfCpp("llvm::User::operator new(unsigned long, unsigned int)"), CodeOwner::Allocation);
  EXPECT_EQ(ownerOfCpp("make_tree"), CodeOwner::Program);
}

TEST(OwnCodeTest, NamesOfAnyShapeAndLengthHaveAnOwner) {
  for (const std::string name : {"", "<", "<<<<", "std::", ">(", "<a as ", "\xFF\n\"", "operator"})
    EXPECT_NO_FATAL_FAILURE((void)ownerOfCpp(name)) << name;
  EXPECT_EQ(ownerOfCpp(std::string(4 << 20, '<')), CodeOwner::Program);
}

TEST(OwnCodeTest, TheInnermostOwnLineIsFoundBehindRuntimeFrames) {
  client::ProfileBuilder builder;
  const auto stack =
      builder.stack({"malloc", "std::vector<int>::push_back(int const&)", "app::read()", "main"});
  const auto none = builder.stack({"std::terminate()", "_start"});
  OwnCode own(builder.profile());
  const auto place = own.innermostOwn(stack);
  ASSERT_TRUE(place);
  EXPECT_EQ(nameOf(builder.profile(), place->function), "app::read()");
  EXPECT_FALSE(own.innermostOwn(none));
  EXPECT_FALSE(own.innermostOwn(model::StackId{}));
  EXPECT_FALSE(own.innermostOwn(model::StackId{4711}));
}

}  // namespace
}  // namespace heaptap::analysis
