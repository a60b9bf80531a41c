// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/allocator_functions.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>

#include "agent/symbols/demangle.h"

namespace heaptap::symbols {
namespace {

using Module = AllocatorFunctions::Module;

bool contains(Module module, const char* linkageName) {
  return AllocatorFunctions(module).contain(linkageName, demangle(linkageName));
}

TEST(AllocatorFunctions, TheMallocFamilyIsTheAllocatorsWhereTheModuleDefinesIt) {
  for (const char* function :
       {"malloc", "calloc", "realloc", "reallocarray", "aligned_alloc", "memalign", "posix_memalign",
        "valloc", "pvalloc", "__libc_malloc", "__GI___libc_malloc", "__libc_calloc", "__libc_memalign",
        "__posix_memalign", "malloc@@GLIBC_2.2.5", "_int_malloc", "realloc.part.0"}) {
    EXPECT_TRUE(contains(Module::DefinesMalloc, function)) << function;
    EXPECT_FALSE(contains(Module::Program, function)) << function << " of the program's own";
  }
  for (const char* function : {"strdup", "xmalloc", "my_malloc", "mallocator", "__freehand", ""})
    EXPECT_FALSE(contains(Module::DefinesMalloc, function)) << function;
}

TEST(AllocatorFunctions, OperatorsAreTheReplaceableOnesOnly) {
  for (const char* function :
       {"_Znwm", "_Znam", "_ZnwmRKSt9nothrow_t", "_ZnamSt11align_val_tRKSt9nothrow_t", "_ZdlPv", "_ZdaPvm",
        "_ZdlPvmSt11align_val_t", "_Znwm.cold", "_Znwm@@GLIBCXX_3.4"}) {
    EXPECT_TRUE(contains(Module::Program, function)) << function;
  }
  for (const char* function : {"_ZnwmR5Arena",  // operator new(unsigned long, Arena&)
                               "_ZnwmPv",       // Placement.
                               "_ZN4PoolnwEm",  // Pool::operator new(unsigned long)
                               "_Znwmx",        // operator new(unsigned long, long long)
                               "_ZN4pool9new_blockEm", "_Z12operator_newm"}) {
    EXPECT_FALSE(contains(Module::Program, function)) << function;
  }
}

TEST(AllocatorFunctions, RustsForwardersAreKnownByTheirMangledNames) {
  for (const char* function :
       {"__rust_alloc", "__rust_alloc_zeroed", "__rust_realloc", "__rdl_alloc", "__rg_alloc",
        "_ZN5alloc5alloc15exchange_malloc17h0123456789abcdefE",
        "_ZN5alloc5alloc6Global10alloc_impl17h0123456789abcdefE",
        "_ZN5alloc7raw_vec20RawVecInner$LT$A$GT$15try_allocate_in17h620e200ba7bb1b05E",
        "_ZN63_$LT$alloc..alloc..Global$u20$as$u20$core..alloc..Allocator$GT$8allocate17h0123456789abcdefE",
        "_ZN66_$LT$app..Counting$u20$as$u20$core..alloc..global..GlobalAlloc$GT$5alloc17h0123456789abcdefE",
        "_RNvMNtCslNYArtu3iFV_5alloc5allocNtB2_6Global18alloc_impl_runtime"}) {
    EXPECT_TRUE(contains(Module::Program, function)) << function << " " << demangle(function);
  }
  for (const char* function :
       {"_ZN5alloc5alloc6Global10alloc_implEv",                  // C++: alloc::alloc::Global::alloc_impl().
        "_ZN5alloc5alloc8exchangeE3foo",                         // Likewise.
        "_ZN3std5alloc4makeEv",                                  // Likewise, namespace std.
        "_ZN5alloc3vec12Vec$LT$T$GT$4push17h0123456789abcdefE",  // What a person calls.
        "_ZN3app5alloc5alloc4make17h0123456789abcdefE",          // A module of the program's.
        "_ZN4prog4take17h0123456789abcdefE", "__rust_alloc_cache", "__rdl_table", "__rg_index"}) {
    EXPECT_FALSE(contains(Module::Program, function)) << function << " " << demangle(function);
  }
}

TEST(AllocatorFunctions, WhatHeaptapsHeadersCompileInIsKnownByItsScope) {
  for (const char* function :
       {"_ZNK7heaptap7TracingINS_6SystemEE5allocENS_6LayoutE", "_ZN7heaptap6detail5allocEv",
        "_ZN7heaptap6detail7allocAsIKNS_7TracingINS_6SystemEEEEEPvRT_i",
        "_ZZNK7heaptap7TracingINS_6SystemEE5allocENS_6LayoutEENKUlvE_clEv",
        "_ZN7heaptap12StdAllocatorIiNS_4HeapEE8allocateEm"}) {
    EXPECT_TRUE(contains(Module::Program, function)) << function;
  }
  for (const char* function : {"heaptap_cache_fill", "heaptap_allocated", "_ZN7heaptap5relay5Drain4pollEv",
                               "_ZN7heaptap6plugin4loadEv", "_ZN3app7heaptap6detail4loadEv", "_ZN7heaptap",
                               "_ZN7heaptap99999999999999999999detailEv", "_ZN", "_Z", "_ZN7heaptapE"}) {
    EXPECT_FALSE(contains(Module::Program, function)) << function;
    EXPECT_TRUE(contains(Module::Heaptap, function)) << function << " in heaptap's own library";
  }
  EXPECT_TRUE(
      AllocatorFunctions::containScoped("heaptap::Tracing<heaptap::System>::alloc::{lambda}::operator()"));
  EXPECT_TRUE(AllocatorFunctions::containScoped("heaptap::detail::make"));
  EXPECT_FALSE(AllocatorFunctions::containScoped("heaptap::detailed::make"));
  EXPECT_FALSE(AllocatorFunctions::containScoped("(anonymous namespace)::heaptap::detail::make"));
  EXPECT_TRUE(AllocatorFunctions::containInlined("heaptap_allocated", "/usr/include/heaptap.h"));
  EXPECT_FALSE(AllocatorFunctions::containInlined("heaptap_cache_fill", "/src/cache.c"));
  EXPECT_FALSE(AllocatorFunctions::containInlined("cache_fill", "/usr/include/heaptap.h"));
}

TEST(AllocatorFunctions, EveryTypeOfHeaptapsHeadersIsListed) {
  const std::regex declared("^(?:class|struct)(?: alignas\\(\\d+\\))? (\\w+)");
  std::size_t found = 0;
  for (const auto& header : std::filesystem::directory_iterator(HEAPTAP_ALLOC_HEADERS)) {
    if (!header.is_regular_file()) continue;
    std::ifstream file(header.path());
    std::string line;
    std::string scope;
    while (std::getline(file, line)) {
      if (line == "namespace heaptap {") scope = "heaptap::";
      if (line == "namespace heaptap::detail {") scope = "heaptap::detail::";
      if (line == "namespace detail {") scope = "heaptap::detail::";
      if (line == "}  // namespace detail") scope = "heaptap::";
      if (line.starts_with("}  // namespace heaptap")) scope.clear();
      std::smatch name;
      if (scope.empty() || !std::regex_search(line, name, declared)) continue;
      ++found;
      EXPECT_TRUE(AllocatorFunctions::containScoped(scope + name[1].str() + "::f"))
          << header.path() << name[1];
    }
  }
  EXPECT_GT(found, 30U);
}

TEST(AllocatorFunctions, RustsInlinedFunctionsWithoutScopesAreKnownByTheLibrarysSources) {
  const auto inlined = AllocatorFunctions::containInlinedRust;
  EXPECT_TRUE(inlined("alloc_impl", "/rustc/59807616e1/library/alloc/src/alloc.rs"));
  EXPECT_TRUE(
      inlined("try_allocate_in<alloc::alloc::Global>", "/rustc/59807616e1/library/alloc/src/raw_vec/mod.rs"));
  EXPECT_TRUE(inlined("alloc", "/usr/src/rustc-1.63.0/library/alloc/src/alloc.rs"));
  EXPECT_TRUE(
      inlined("alloc", "/home/me/.rustup/toolchains/x/lib/rustlib/src/rust/library/alloc/src/alloc.rs"));
  EXPECT_TRUE(inlined("dealloc<app::Counting>", "/home/me/.cargo/heaptap-0.1.0/src/heaptap_tracing.rs"));
  EXPECT_TRUE(inlined("box_new_uninit", "/rustc/59807616e1/library/alloc/src/boxed.rs"));
  EXPECT_TRUE(inlined("__rust_alloc", "/home/me/program/src/main.rs"));
  EXPECT_FALSE(inlined("new<[u8; 48]>", "/rustc/59807616e1/library/alloc/src/boxed.rs"));
  EXPECT_FALSE(inlined("alloc", "/home/me/program/src/alloc.rs"));
  EXPECT_FALSE(inlined("alloc", "/home/me/program/library/alloc/src/alloc.rs"));
  EXPECT_FALSE(inlined("fill", "/home/me/program/src/heaptap_tracing.rs"));
  EXPECT_FALSE(inlined("app::alloc", "/rustc/59807616e1/library/alloc/src/alloc.rs")) << "the scope says it";
}

}  // namespace
}  // namespace heaptap::symbols
