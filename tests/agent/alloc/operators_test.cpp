// SPDX-License-Identifier: Apache-2.0
//
// The twenty operators new and delete of a program with a global allocator. This test is that program.
#include <gtest/gtest.h>
#include <heaptap/alloc/global_allocator.h>

#include <cstdint>
#include <memory_resource>
#include <new>
#include <string>
#include <vector>

#include "tests/agent/alloc/recording_allocator.h"

HEAPTAP_GLOBAL_ALLOCATOR(ALLOCATOR, heaptap::test::RecordingAllocator<>){};

namespace heaptap {
namespace {

constexpr std::align_val_t kPage{4096};
constexpr std::size_t kTooMuch = std::size_t{PTRDIFF_MAX} + 1;

class Operators : public testing::Test {
 protected:
  void SetUp() override {
    if (HEAPTAP_SANITIZED) GTEST_SKIP() << "the operators are the sanitizer's";
    ALLOCATOR.refusals = 0;
  }
  void TearDown() override { std::set_new_handler(nullptr); }
};

struct New {
  const char* name;
  void* (*call)(std::size_t size);
  std::size_t align;  ///< Of 100 bytes.
  bool throws;
};
const New kNew[] = {
    {"new", [](std::size_t n) { return ::operator new(n); }, 16, true},
    {"new[]", [](std::size_t n) { return ::operator new[](n); }, 16, true},
    {"new nothrow", [](std::size_t n) { return ::operator new(n, std::nothrow); }, 16, false},
    {"new[] nothrow", [](std::size_t n) { return ::operator new[](n, std::nothrow); }, 16, false},
    {"new aligned", [](std::size_t n) { return ::operator new(n, kPage); }, 4096, true},
    {"new[] aligned", [](std::size_t n) { return ::operator new[](n, kPage); }, 4096, true},
    {"new aligned nothrow", [](std::size_t n) { return ::operator new(n, kPage, std::nothrow); }, 4096,
     false},
    {"new[] aligned nothrow", [](std::size_t n) { return ::operator new[](n, kPage, std::nothrow); }, 4096,
     false},
};

struct Delete {
  const char* name;
  void (*call)(void* block, std::size_t size);
  bool aligned;
  bool sized;
};
const Delete kDelete[] = {
    {"delete", [](void* p, std::size_t) { ::operator delete(p); }, false, false},
    {"delete[]", [](void* p, std::size_t) { ::operator delete[](p); }, false, false},
    {"delete nothrow", [](void* p, std::size_t) { ::operator delete(p, std::nothrow); }, false, false},
    {"delete[] nothrow", [](void* p, std::size_t) { ::operator delete[](p, std::nothrow); }, false, false},
    {"delete sized", [](void* p, std::size_t n) { ::operator delete(p, n); }, false, true},
    {"delete[] sized", [](void* p, std::size_t n) { ::operator delete[](p, n); }, false, true},
    {"delete aligned", [](void* p, std::size_t) { ::operator delete(p, kPage); }, true, false},
    {"delete[] aligned", [](void* p, std::size_t) { ::operator delete[](p, kPage); }, true, false},
    {"delete aligned nothrow", [](void* p, std::size_t) { ::operator delete(p, kPage, std::nothrow); }, true,
     false},
    {"delete[] aligned nothrow", [](void* p, std::size_t) { ::operator delete[](p, kPage, std::nothrow); },
     true, false},
    {"delete sized aligned", [](void* p, std::size_t n) { ::operator delete(p, n, kPage); }, true, true},
    {"delete[] sized aligned", [](void* p, std::size_t n) { ::operator delete[](p, n, kPage); }, true, true},
};

TEST_F(Operators, EachGetItsBlockFromTheGlobalAllocator) {
  for (const New& make : kNew) {
    for (const Delete& end : kDelete) {
      if (end.aligned != (make.align == 4096)) continue;
      const std::size_t allocations = ALLOCATOR.allocations, live = ALLOCATOR.live;
      const std::size_t sized = ALLOCATOR.sizedFrees, unsized = ALLOCATOR.unsizedFrees;
      void* const block = make.call(100);
      const std::size_t made = ALLOCATOR.allocations, size = ALLOCATOR.lastSize, align = ALLOCATOR.lastAlign;
      end.call(block, 100);
      const std::size_t ended = ALLOCATOR.live;
      const bool knewTheSize = ALLOCATOR.sizedFrees == sized + 1 && ALLOCATOR.unsizedFrees == unsized;
      const std::size_t freedSize = ALLOCATOR.lastFreedSize, freedAlign = ALLOCATOR.lastFreedAlign;
      SCOPED_TRACE(std::string(make.name) + ", " + end.name);
      EXPECT_EQ(made, allocations + 1);
      EXPECT_EQ(size, 100U);
      EXPECT_EQ(align, make.align);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % make.align, 0U);
      EXPECT_EQ(ended, live);
      EXPECT_EQ(knewTheSize, end.sized);
      if (end.sized) {
        EXPECT_EQ(freedSize, 100U);
        EXPECT_EQ(freedAlign, make.align) << "the layout that it was allocated with";
      }
    }
  }
}

TEST_F(Operators, GiveEachBlockOfNoBytesAnAddressOfItsOwn) {
  void* const one = ::operator new(0);
  void* const other = ::operator new(0);
  EXPECT_NE(one, nullptr);
  EXPECT_NE(one, other);
  EXPECT_EQ(ALLOCATOR.lastSize, 1U) << "allocators are never asked for none";
  ::operator delete (one, std::size_t{0});
  EXPECT_EQ(ALLOCATOR.lastFreedSize, 1U);
  ::operator delete(other);
}

TEST_F(Operators, DeleteNothingWithoutAWord) {
  const std::size_t live = ALLOCATOR.live;
  for (const Delete& end : kDelete) end.call(nullptr, 100);
  EXPECT_EQ(ALLOCATOR.live, live);
}

TEST_F(Operators, ThrowOrAreNullWithoutMemory) {
  for (const New& make : kNew) {
    SCOPED_TRACE(make.name);
    for (const std::size_t size : {std::size_t{100}, kTooMuch, SIZE_MAX}) {
      void* block = &block;
      std::string thrown = "nothing";
      ALLOCATOR.refusals = 1;
      try {
        block = make.call(size);
      } catch (const std::bad_alloc&) {
        block = nullptr;
        ALLOCATOR.refusals = 0;
        thrown = "bad_alloc";
      }
      ALLOCATOR.refusals = 0;
      EXPECT_EQ(block, nullptr) << size;
      EXPECT_EQ(thrown, make.throws ? "bad_alloc" : "nothing") << size;
    }
  }
}

int g_handled;

TEST_F(Operators, AskTheNewHandlerUntilThereIsMemory) {
  for (const New& make : kNew) {
    SCOPED_TRACE(make.name);
    g_handled = 0;
    std::set_new_handler([] { ++g_handled; });
    ALLOCATOR.refusals = 3;
    void* const block = make.call(100);
    EXPECT_NE(block, nullptr);
    EXPECT_EQ(g_handled, 3);
    if (make.align == 4096) {  // As a conditional expression clang 14 calls both.
      ::operator delete(block, kPage);
    } else {
      ::operator delete(block);
    }
  }
}

TEST_F(Operators, LetOutWhatTheNewHandlerThrows) {
  struct Enough : std::bad_alloc {};
  std::set_new_handler([] { throw Enough(); });
  for (const New& make : kNew) {
    SCOPED_TRACE(make.name);
    ALLOCATOR.refusals = 1;
    if (make.throws) {
      EXPECT_THROW(make.call(100), Enough);
    } else {
      EXPECT_EQ(make.call(100), nullptr);
    }
  }
}

TEST_F(Operators, RefuseAnAlignmentThatIsNoPowerOfTwo) {
  std::set_new_handler([] { ADD_FAILURE() << "no handler can help with that"; });
  const volatile std::size_t odd = 24;  // The compiler would say it at once.
  const std::align_val_t align{odd};
  EXPECT_THROW(static_cast<void>(::operator new(8, align)), std::bad_alloc);
  EXPECT_EQ(::operator new(8, align, std::nothrow), nullptr);
}

/// Of a size that nothing else here has.
struct Refusing {
  [[gnu::noinline]] explicit Refusing(std::size_t& asked) {
    asm volatile("" : : "r"(this) : "memory");  // Else the compiler may do without the allocation.
    asked = ALLOCATOR.lastSize;
    throw 1;
  }
  char bytes[776];
};

TEST_F(Operators, TakeBackTheBlockOfAConstructorThatThrows) {
  const std::size_t live = ALLOCATOR.live;
  std::size_t asked = 0;
  EXPECT_THROW(static_cast<void>(new Refusing(asked)), int);
  EXPECT_EQ(asked, sizeof(Refusing));
  EXPECT_EQ(ALLOCATOR.live, live);
  asked = 0;
  EXPECT_THROW(static_cast<void>(new (std::nothrow) Refusing(asked)), int);
  EXPECT_EQ(asked, sizeof(Refusing));
  EXPECT_EQ(ALLOCATOR.live, live);
}

TEST_F(Operators, ServeTheStandardLibrary) {
  const std::size_t live = ALLOCATOR.live;
  {
    std::vector<std::string> words(10, std::string(100, 'x'));
    EXPECT_EQ(ALLOCATOR.live, live + 11);
    std::pmr::vector<std::int32_t> numbers(25, std::pmr::new_delete_resource());
    EXPECT_EQ(ALLOCATOR.live, live + 12);
  }
  EXPECT_EQ(ALLOCATOR.live, live);
}

struct alignas(8192) Wide {
  char bytes[3 * 8192];
};

TEST_F(Operators, AlignWhatTheTypeAsksFor) {
  const auto one = std::make_unique<Wide>();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(one.get()) % 8192, 0U);
  const auto many = std::make_unique<Wide[]>(3);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(many.get()) % 8192, 0U);
  EXPECT_EQ(ALLOCATOR.lastSize, 3 * sizeof(Wide));
  EXPECT_EQ(ALLOCATOR.lastAlign, 8192U);
}

TEST_F(Operators, AlignSmallBlocksForWhatFitsIntoThem) {
  const std::pair<std::size_t, std::size_t> expected[] = {{1, 1},  {2, 2},   {7, 4},  {8, 8},
                                                          {12, 8}, {16, 16}, {17, 16}};
  for (const auto& [size, align] : expected) {
    void* const block = ::operator new(size);
    EXPECT_EQ(ALLOCATOR.lastAlign, align) << size;
    ::operator delete(block, size);
  }
}

}  // namespace
}  // namespace heaptap
