// SPDX-License-Identifier: Apache-2.0
//
// Layers over layers: a Tracing in a Tracing counts once, and so does all that malloc's names do inside one.
#include <heaptap/alloc/global_allocator.h>
#include <heaptap/alloc/tracing.h>

#include <cerrno>
#include <csetjmp>
#include <cstdlib>

namespace {

/// Asks libc for more than it hands out, and for something else besides.
struct Wasteful {
  [[nodiscard]] void* alloc(heaptap::Layout layout) const noexcept {
    std::free(std::malloc(7));
    return std::malloc(layout.size() + 1000);
  }
  void dealloc(void* block, heaptap::Layout /*layout*/) const noexcept { std::free(block); }
};

/// Has no memory left, and says so in errno.
struct Empty {
  [[nodiscard]] void* alloc(heaptap::Layout /*layout*/) const noexcept {
    errno = ENOMEM;
    return nullptr;
  }
  void dealloc(void* /*block*/, heaptap::Layout /*layout*/) const noexcept {}
};

std::jmp_buf g_wayOut;

/// Never comes back, as a signal handler may do to any allocator.
struct Abandoned {
  [[nodiscard]] void* alloc(heaptap::Layout /*layout*/) const noexcept { std::longjmp(g_wayOut, 1); }
  void dealloc(void* /*block*/, heaptap::Layout /*layout*/) const noexcept {}
};

constinit heaptap::Tracing<heaptap::Tracing<Wasteful>> g_twice;
constinit heaptap::Tracing<Abandoned> g_abandoned;
constinit heaptap::Tracing<Empty> g_empty;

}  // namespace

HEAPTAP_HEAP_ALLOCATOR(ALLOCATOR, heaptap::Tracing<>){};

namespace {

void keepFrame() { asm volatile(""); }

[[gnu::noinline]] void leakTwiceTraced() {
  for (int i = 0; i < 20; ++i) {
    void* volatile block = g_twice.alloc(heaptap::Layout::fromUnchecked(11, 1));
    static_cast<void>(block);
  }
}

[[gnu::noinline]] void leakInside(int depth) {
  if (depth > 0) return leakInside(depth - 1), keepFrame();
  for (int i = 0; i < 3; ++i) {
    void* volatile block = g_twice.alloc(heaptap::Layout::fromUnchecked(13, 1));
    static_cast<void>(block);
  }
}

/// From frames deeper than the one that was left, and from others.
[[gnu::noinline]] void leakAfterALayerWasAbandoned() {
  if (setjmp(g_wayOut) == 0) {
    void* volatile block = g_abandoned.alloc(heaptap::Layout::fromUnchecked(17, 1));
    static_cast<void>(block);
  }
  leakInside(20);
}

[[gnu::noinline]] void growTwiceTraced() {
  const auto small = heaptap::Layout::fromUnchecked(100, 1);
  void* const block = g_twice.alloc(small);
  // By alloc, memcpy and dealloc of the inner allocator.
  void* volatile grown = g_twice.realloc(block, small, 300);
  static_cast<void>(grown);
}

[[gnu::noinline]] bool failsWithErrno() {
  errno = 0;
  for (int i = 0; i < 100; ++i)
    if (g_empty.alloc(heaptap::Layout::fromUnchecked(4321, 32)) != nullptr) return false;
  return errno == ENOMEM;
}

[[gnu::noinline]] void keepsErrno() {
  const auto layout = heaptap::Layout::fromUnchecked(50, 2);
  errno = EXDEV;
  void* volatile block = g_twice.alloc(layout);
  g_twice.dealloc(block, layout);
  if (errno != EXDEV) std::abort();
}

}  // namespace

int main() {
  leakTwiceTraced();
  growTwiceTraced();
  leakAfterALayerWasAbandoned();
  keepsErrno();
  return failsWithErrno() ? 0 : 1;
}
