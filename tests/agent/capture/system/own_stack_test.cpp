// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/system/own_stack.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/mman.h>

#include <functional>

namespace heaptap::capture {
namespace {

constexpr std::size_t kBytes = 256 * 1024;

/// Runs `body` in a thread with a stack of kBytes, right behind as much memory that is no stack, with no
/// guard.
void onStackInAnArena(const std::function<void(std::uintptr_t stackBegin)>& body) {
  void* const arena = mmap(nullptr, 2 * kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(arena, MAP_FAILED);
  struct Given {
    const std::function<void(std::uintptr_t)>& body;
    std::uintptr_t begin;
  } given{body, reinterpret_cast<std::uintptr_t>(arena) + kBytes};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstack(&attributes, static_cast<char*>(arena) + kBytes, kBytes);
  pthread_t thread{};
  ASSERT_EQ(pthread_create(
                &thread, &attributes,
                [](void* argument) -> void* {
                  const auto& here = *static_cast<Given*>(argument);
                  here.body(here.begin);
                  return nullptr;
                },
                &given),
            0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  munmap(arena, 2 * kBytes);
}

std::uintptr_t here() { return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)); }

TEST(OwnStack, OfAThreadEndsWhereItsMemoryBeginsEvenWithoutAGuard) {
  onStackInAnArena([](std::uintptr_t begin) {
    OwnStack own = stackOfThisThread(false, nullptr);
    EXPECT_TRUE(own.reaches(here()));
    EXPECT_FALSE(own.reaches(begin - 8)) << "mapped, with no hole between, but no part of the stack";
    EXPECT_FALSE(own.contains(begin - 8));
    EXPECT_TRUE(own.reaches(begin));
    EXPECT_TRUE(own.contains(begin));
  });
}

TEST(OwnStack, OfAThreadWithAGuardEndsAtTheGuard) {
  pthread_t thread{};
  ASSERT_EQ(pthread_create(
                &thread, nullptr,
                [](void*) -> void* {
                  pthread_attr_t attributes;
                  void* begin = nullptr;
                  std::size_t bytes = 0;
                  pthread_getattr_np(pthread_self(), &attributes);
                  pthread_attr_getstack(&attributes, &begin, &bytes);
                  pthread_attr_destroy(&attributes);
                  const auto lowest = reinterpret_cast<std::uintptr_t>(begin);
                  OwnStack own = stackOfThisThread(false, nullptr);
                  EXPECT_FALSE(own.reaches(lowest - 8));
                  EXPECT_TRUE(own.reaches(here()));
                  EXPECT_TRUE(own.reaches(lowest));
                  return nullptr;
                },
                nullptr),
            0);
  pthread_join(thread, nullptr);
}

TEST(OwnStack, OfTheFirstThreadIsThatOfTheProcess) {
  OwnStack own = stackOfThisThread(true, nullptr);
  EXPECT_TRUE(own.contains(here()));
  void* const elsewhere = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  EXPECT_FALSE(own.reaches(reinterpret_cast<std::uintptr_t>(elsewhere)));
  munmap(elsewhere, kBytes);
}

}  // namespace
}  // namespace heaptap::capture
