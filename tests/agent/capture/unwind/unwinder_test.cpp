// SPDX-License-Identifier: Apache-2.0
//
// Every walk here is compared with the C++ runtime's own unwinder (_Unwind_Backtrace), frame by frame.
#include "agent/capture/unwind/unwinder.h"

#include <alloca.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unwind.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace heaptap::capture {
namespace {

struct Stacks {
  std::vector<std::uint64_t> ours;
  std::vector<std::uint64_t> runtimes;
  WalkEnd end = WalkEnd::Lost;
};

_Unwind_Reason_Code addFrame(_Unwind_Context* context, void* data) {
  static_cast<std::vector<std::uint64_t>*>(data)->push_back(_Unwind_GetIP(context));
  return _URC_NO_REASON;
}

std::uint64_t stackEndOfThisThread() {
  pthread_attr_t attributes;
  void* low = nullptr;
  std::size_t bytes = 0;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &low, &bytes);
  pthread_attr_destroy(&attributes);
  return reinterpret_cast<std::uintptr_t>(low) + bytes;
}

// Both walks from this function outward; its own frame, whose pc differs, is left out.
[[gnu::noinline]] Stacks walkBoth() {
  prepareObjectLookup();
  static thread_local OwnStack own(stackEndOfThisThread());
  constexpr std::size_t kFrames = 100'000;
  const auto scratch = std::make_unique<UnwindScratch>();
  const std::unique_ptr<WalkedFrame[]> frames(new WalkedFrame[kFrames]);
  static ModuleTable modules;  // Half a megabyte.
  Stacks stacks;
  arch::captureHere(scratch->current);
  const Walk walk = walkStack(*scratch, modules, {0, own}, frames.get(), kFrames);
  for (std::size_t i = 1; i < walk.frames; ++i) stacks.ours.push_back(frames[i].pc);
  stacks.end = walk.end;
  _Unwind_Backtrace(addFrame, &stacks.runtimes);
  stacks.runtimes.erase(stacks.runtimes.begin());
  // The runtime reports a last frame with pc 0 where the stack ends.
  while (!stacks.runtimes.empty() && stacks.runtimes.back() == 0) stacks.runtimes.pop_back();
  return stacks;
}

void expectEqual(const Stacks& stacks, std::size_t atLeast) {
  EXPECT_EQ(stacks.ours, stacks.runtimes);
  EXPECT_GE(stacks.ours.size(), atLeast);
  EXPECT_EQ(stacks.end, WalkEnd::Complete);
}

// Keeps a call from becoming a jump.
template <class T>
T& keep(T& value) {
  asm volatile("" : : "r"(&value) : "memory");
  return value;
}

TEST(Unwinder, WalksAnOrdinaryStack) { expectEqual(walkBoth(), 5); }

[[gnu::noinline]] Stacks recurse(unsigned depth) {
  Stacks stacks = depth == 0 ? walkBoth() : recurse(depth - 1);
  return keep(stacks);
}
TEST(Unwinder, WalksDeepRecursion) { expectEqual(recurse(20'000), 20'000); }

[[gnu::noinline]] Stacks withAlloca(unsigned depth) {
  auto* bytes = static_cast<volatile char*>(alloca(depth * 37 + 1));
  bytes[0] = 1;
  Stacks stacks = depth == 0 ? walkBoth() : withAlloca(depth - 1);
  keep(bytes);
  return stacks;
}
TEST(Unwinder, WalksFramesOfVariableSize) { expectEqual(withAlloca(50), 50); }

[[gnu::noinline]] Stacks realigned(unsigned depth) {
  alignas(128) char buffer[256];
  memset(keep(buffer), static_cast<int>(depth), sizeof buffer);
  // Together with alloca the compiler needs a second register for the incoming arguments (DRAP).
  auto* bytes = static_cast<volatile char*>(alloca(depth + 1));
  bytes[0] = 1;
  Stacks stacks = depth == 0 ? walkBoth() : realigned(depth - 1);
  keep(bytes);
  keep(buffer);
  return stacks;
}
TEST(Unwinder, WalksRealignedFrames) { expectEqual(realigned(30), 30); }

int compareAndWalk(const void*, const void*, void* data) {
  *static_cast<Stacks*>(data) = walkBoth();
  return 0;
}
TEST(Unwinder, WalksThroughLibcsCallbacks) {
  int numbers[] = {2, 1};
  Stacks stacks;
  qsort_r(numbers, 2, sizeof(int), compareAndWalk, &stacks);
  expectEqual(stacks, 6);
}

TEST(Unwinder, WalksWhileAnExceptionIsHandled) {
  struct WalkInDestructor {
    Stacks* stacks;
    ~WalkInDestructor() { *stacks = walkBoth(); }
  };
  Stacks whileUnwinding;
  Stacks inHandler;
  try {
    const WalkInDestructor guard{&whileUnwinding};
    throw 1;
  } catch (int) {
    inHandler = walkBoth();
  }
  expectEqual(whileUnwinding, 5);
  expectEqual(inHandler, 5);
}

Stacks* g_fromHandler = nullptr;
void walkInHandler(int) { *g_fromHandler = walkBoth(); }

[[gnu::noinline]] void raiseHere(int flags) {
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = walkInHandler;
  action.sa_flags = flags;
  sigaction(SIGUSR1, &action, &before);
  raise(SIGUSR1);
  sigaction(SIGUSR1, &before, nullptr);
}

TEST(Unwinder, WalksThroughASignalFrame) {
  Stacks stacks;
  g_fromHandler = &stacks;
  raiseHere(0);
  expectEqual(stacks, 8);
}

TEST(Unwinder, WalksFromASignalStackToTheInterruptedOne) {
  std::vector<char> memory(256 * 1024);
  stack_t alternative{};
  alternative.ss_sp = memory.data();
  alternative.ss_size = memory.size();
  stack_t before{};
  sigaltstack(&alternative, &before);
  Stacks stacks;
  g_fromHandler = &stacks;
  raiseHere(SA_ONSTACK);
  sigaltstack(&before, nullptr);
  expectEqual(stacks, 8);
}

TEST(Unwinder, WalksFromAFaultingInstruction) {
  Stacks stacks;
  g_fromHandler = &stacks;
  struct sigaction action {};
  struct sigaction before {};
  // Makes the page readable, so that the load is tried again and succeeds.
  static void* page = nullptr;
  page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  action.sa_handler = [](int) {
    *g_fromHandler = walkBoth();
    mprotect(page, 4096, PROT_READ);
  };
  sigaction(SIGSEGV, &action, &before);
  const int value = *static_cast<volatile int*>(page);
  sigaction(SIGSEGV, &before, nullptr);
  munmap(page, 4096);
  EXPECT_EQ(value, 0);
  expectEqual(stacks, 6);
}

ucontext_t g_mainContext;
ucontext_t g_fiberContext;
Stacks* g_fromFiber = nullptr;
void fiber() { *g_fromFiber = recurse(10); }

TEST(Unwinder, WalksAFiberToItsStart) {
  std::vector<char> memory(1 << 20);
  Stacks stacks;
  g_fromFiber = &stacks;
  getcontext(&g_fiberContext);
  g_fiberContext.uc_stack.ss_sp = memory.data();
  g_fiberContext.uc_stack.ss_size = memory.size();
  g_fiberContext.uc_link = &g_mainContext;
  makecontext(&g_fiberContext, fiber, 0);
  swapcontext(&g_mainContext, &g_fiberContext);
  // The runtime's unwinder takes the first, hand-made frame for a call and goes on with what lies there.
  ASSERT_GE(stacks.ours.size(), 12U);
  ASSERT_GE(stacks.runtimes.size(), stacks.ours.size());
  EXPECT_EQ(stacks.end, WalkEnd::Complete);
  stacks.runtimes.resize(stacks.ours.size());
  EXPECT_EQ(stacks.ours, stacks.runtimes);
}

TEST(Unwinder, WalksEveryThreadToItsStart) {
  std::vector<Stacks> stacks(8);
  std::vector<std::thread> threads;
  for (auto& result : stacks) threads.emplace_back([&result] { result = recurse(100); });
  for (auto& thread : threads) thread.join();
  for (const auto& result : stacks) expectEqual(result, 103);
}

TEST(Unwinder, SaysWhenThereIsNoRoom) {
  prepareObjectLookup();
  const auto scratch = std::make_unique<UnwindScratch>();
  WalkedFrame frames[3];
  static ModuleTable modules;  // Half a megabyte.
  arch::captureHere(scratch->current);
  OwnStack own(stackEndOfThisThread());
  const Walk walk = walkStack(*scratch, modules, {0, own}, frames, 3);
  EXPECT_EQ(walk.frames, 3U);
  EXPECT_EQ(walk.end, WalkEnd::Truncated);
}

TEST(Unwinder, GivesUpOnAPcOutsideOfAllCode) {
  prepareObjectLookup();
  const auto scratch = std::make_unique<UnwindScratch>();
  WalkedFrame frames[8];
  static ModuleTable modules;  // Half a megabyte.
  arch::captureHere(scratch->current);
  scratch->current.set(arch::kReturnAddress, 0x1000);
  scratch->current.set(arch::kRbp, 0x77);
  OwnStack own(stackEndOfThisThread());
  const Walk walk = walkStack(*scratch, modules, {0, own}, frames, 8);
  EXPECT_EQ(walk.frames, 1U);
  EXPECT_EQ(walk.end, WalkEnd::Lost);
}

TEST(CallInstruction, OfEveryFormIsKnownByTheBytesBeforeTheReturnAddress) {
  const auto follows = [](const std::vector<std::uint8_t>& instruction) {
    std::vector<std::uint8_t> code(32, 0x90);
    std::copy(instruction.begin(), instruction.end(), code.begin() + 16);
    const std::uint8_t* const next = code.data() + 16 + instruction.size();
    if (arch::followsDirectCall(next)) {
      EXPECT_EQ(arch::targetOfDirectCall(next), reinterpret_cast<std::uintptr_t>(next) + 0x302010);
      return true;
    }
    return arch::followsIndirectCall(next);
  };
  const std::vector<std::vector<std::uint8_t>> calls = {
      {0xE8, 0x10, 0x20, 0x30, 0x00},              // call there
      {0xFF, 0xD0},                                // call rax
      {0x41, 0xFF, 0xD4},                          // call r12
      {0xFF, 0x10},                                // call [rax]
      {0xFF, 0x14, 0x24},                          // call [rsp]
      {0xFF, 0x50, 0x08},                          // call [rax + 8]
      {0xFF, 0x54, 0x24, 0x10},                    // call [rsp + 16]
      {0xFF, 0x15, 0x00, 0x10, 0x00, 0x00},        // call [rip + 4096]
      {0xFF, 0x90, 0x00, 0x01, 0x00, 0x00},        // call [rax + 256]
      {0xFF, 0x94, 0x24, 0x00, 0x01, 0x00, 0x00},  // call [rsp + 256]
      {0xFF, 0x14, 0xC5, 0x00, 0x10, 0x40, 0x00},  // call [8 * rax + 401000]
  };
  for (const auto& call : calls) EXPECT_TRUE(follows(call)) << int{call[0]} << " " << int{call[1]};
  const std::vector<std::vector<std::uint8_t>> others = {{0x90},
                                                         {0xFF, 0xE0},
                                                         {0xFF, 0x25, 0, 0x10, 0, 0},
                                                         {0xC3},
                                                         {0xFF, 0xD0, 0x90},
                                                         {0xE8, 0, 0, 0},
                                                         {0xFF, 0x50, 0x08, 0x90}};
  for (const auto& other : others) EXPECT_FALSE(follows(other)) << int{other[0]};
}

}  // namespace
}  // namespace heaptap::capture
