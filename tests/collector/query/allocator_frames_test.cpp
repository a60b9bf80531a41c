// SPDX-License-Identifier: Apache-2.0
#include "collector/query/allocator_frames.h"

#include <gtest/gtest.h>

namespace heaptap::query {
namespace {

TEST(AllocatorFrames, theAllocatorsOwnFunctionsAreKnown) {
  for (const char* function : {"malloc",
                               "calloc",
                               "realloc",
                               "reallocarray",
                               "aligned_alloc",
                               "memalign",
                               "posix_memalign",
                               "valloc",
                               "pvalloc",
                               "__libc_malloc",
                               "__GI___libc_malloc",
                               "__libc_calloc",
                               "__libc_memalign",
                               "__posix_memalign",
                               "malloc@@GLIBC_2.2.5",
                               "operator new(unsigned long)",
                               "operator new[](unsigned long)",
                               "operator new(unsigned long, std::nothrow_t const&)",
                               "operator new[](unsigned long, std::align_val_t, std::nothrow_t const&)",
                               "operator new(unsigned int)",
                               "heaptap_record_alloc",
                               "__rust_alloc",
                               "__rust_alloc_zeroed",
                               "__rust_realloc",
                               "__rdl_alloc",
                               "__rg_alloc",
                               "alloc::alloc::exchange_malloc",
                               "alloc::alloc::Global::alloc_impl",
                               "<alloc::alloc::Global as core::alloc::Allocator>::allocate",
                               "__rustc::__rust_alloc",
                               "alloc::raw_vec::RawVecInner<A>::try_allocate_in",
                               "alloc::raw_vec::finish_grow",
                               "<alloc::raw_vec::RawVec<u32>>::grow_one",
                               "<heaptap::heaptap_tracing::Tracing>::recorded_alloc",
                               "<app::Counting as core::alloc::global::GlobalAlloc>::alloc",
                               "void* heaptap::detail::allocAs<heaptap::Tracing<heaptap::System> const>(int)",
                               "heaptap::StdAllocator<int, heaptap::Heap>::allocate(unsigned long)"}) {
    EXPECT_TRUE(isAllocatorFrame(function, "/usr/lib/libanything.so")) << function;
  }
}

TEST(AllocatorFrames, RustsInlinedFunctionsAreKnownByTheirFiles) {
  const auto inlined = [](std::string_view function, std::string_view file) {
    return isAllocatorFrame(function, "/usr/bin/program", file);
  };
  EXPECT_TRUE(inlined("alloc_impl", "/rustc/59807616e1/library/alloc/src/alloc.rs"));
  EXPECT_TRUE(inlined("try_allocate_in", "/rustc/59807616e1/library/alloc/src/raw_vec/mod.rs"));
  EXPECT_TRUE(inlined("dealloc<app::Counting>", "/home/me/.cargo/heaptap-0.1.0/src/heaptap_tracing.rs"));
  EXPECT_TRUE(inlined("box_new_uninit", "/rustc/59807616e1/library/alloc/src/boxed.rs"));
  EXPECT_FALSE(inlined("new<[u8; 48]>", "/rustc/59807616e1/library/alloc/src/boxed.rs"));
  EXPECT_FALSE(inlined("alloc", "/home/me/program/src/alloc.rs"));
}

TEST(AllocatorFrames, theProgramsFunctionsAreNot) {
  for (const char* function :
       {"", "main", "xmalloc", "my_malloc", "mallocator", "std::allocator<int>::allocate(unsigned long)",
        "operator new(Arena&)::helper", "Pool::operator new(unsigned long)", "alloc::vec::Vec<T>::push",
        "operator newline(int)", "g_malloc", "__freehand"}) {
    EXPECT_FALSE(isAllocatorFrame(function, "/usr/bin/program")) << function;
  }
}

TEST(AllocatorFrames, everythingInHeaptapsLibrariesIs) {
  EXPECT_TRUE(isAllocatorFrame("", "/usr/lib/heaptap/libheaptap.so.1"));
  EXPECT_TRUE(isAllocatorFrame("anything", "/opt/libheaptap_preload.so"));
  EXPECT_FALSE(isAllocatorFrame("main", "/home/me/libheaptap.so.d/program"));
  EXPECT_FALSE(isAllocatorFrame("main", "/usr/bin/libheaptap"));
}

}  // namespace
}  // namespace heaptap::query
