// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <heaptap/alloc/arena.h>
#include <heaptap/alloc/fail_after.h>
#include <heaptap/alloc/fallback.h>
#include <heaptap/alloc/guarded.h>
#include <heaptap/alloc/headered.h>
#include <heaptap/alloc/locked.h>
#include <heaptap/alloc/nothing.h>
#include <heaptap/alloc/ref.h>
#include <heaptap/alloc/segregate.h>
#include <heaptap/alloc/stats.h>
#include <heaptap/alloc/tracing.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "tests/agent/alloc/bookkeeper.h"
#include "tests/agent/alloc/contract.h"

namespace heaptap {
namespace {

FailAfter<Bookkeeper> g_ground;
alignas(64) std::array<std::byte, 2048> g_buffer;
Locked<Arena<Nothing>> g_arena{g_buffer};
using Ground = StaticRef<g_ground>;

// Each adapter as one of a single inner allocator.
template <class A>
using Counted = Stats<A>;
template <class A>
using Padded = Guarded<A, 2>;
template <class A>
using Described = Headered<A>;
template <class A>
using Failing = FailAfter<A>;
template <class A>
using InOrder = Locked<A>;
template <class A>
using Traced = Tracing<A>;
template <class A>
using AfterArena = Fallback<StaticRef<g_arena>, A>;
template <class A>
using ForSmall = Segregate<256, A, Ground>;
template <class A>
using ForLarge = Segregate<256, Ground, A>;

template <template <class> class>
constexpr const char* kName = "";
template <>
constexpr const char* kName<Counted> = "Stats";
template <>
constexpr const char* kName<Padded> = "Guarded";
template <>
constexpr const char* kName<Described> = "Headered";
template <>
constexpr const char* kName<Failing> = "FailAfter";
template <>
constexpr const char* kName<InOrder> = "Locked";
template <>
constexpr const char* kName<Traced> = "Tracing";
template <>
constexpr const char* kName<AfterArena> = "ArenaFallback";
template <>
constexpr const char* kName<ForSmall> = "SegregateSmall";
template <>
constexpr const char* kName<ForLarge> = "SegregateLarge";

template <template <class> class...>
struct Adapters {};

/// Adapters<F, G, H> over A is F<G<H<A>>>.
template <class Chain, class A>
struct Over;
template <class A>
struct Over<Adapters<>, A> {
  using Type = A;
};
template <template <class> class First, template <class> class... Rest, class A>
struct Over<Adapters<First, Rest...>, A> {
  using Type = First<typename Over<Adapters<Rest...>, A>::Type>;
};

/// A composition by its name, and how to use one of that type.
struct Composed {
  std::string name;
  void (*with)(void (*use)(AnyAllocator));
};

template <class Chain>
void add(std::vector<Composed>& all, std::string name) {
  using A = typename Over<Chain, Ground>::Type;
  [[maybe_unused]] static constinit A global;  // It can be one: it is made without code.
  all.push_back({std::move(name), [](void (*use)(AnyAllocator)) {
                   const A allocator;
                   use(allocator);
                 }});
}

/// All orders of what is in `Left`, below what is in `Done`: each of Left comes next once, with those before
/// it `Skipped`.
template <template <class> class... Done, template <class> class... Skipped>
void addOrders(std::vector<Composed>& all, const std::string& name, Adapters<Done...> /*done*/,
               Adapters<Skipped...> /*skipped*/, Adapters<> /*left*/) {
  if constexpr (sizeof...(Skipped) == 0) add<Adapters<Done...>>(all, name);
}
template <template <class> class... Done, template <class> class... Skipped, template <class> class Next,
          template <class> class... Left>
void addOrders(std::vector<Composed>& all, const std::string& name, Adapters<Done...> /*done*/,
               Adapters<Skipped...> /*skipped*/, Adapters<Next, Left...> /*left*/) {
  addOrders(all, name + kName<Next>, Adapters<Done..., Next>(), Adapters<>(),
            Adapters<Skipped..., Left...>());
  if constexpr (sizeof...(Left) > 0) {
    addOrders(all, name, Adapters<Done...>(), Adapters<Skipped..., Next>(), Adapters<Left...>());
  }
}

template <template <class> class Outer, template <class> class... Inner>
void addOver(std::vector<Composed>& all, Adapters<Inner...> /*inner*/) {
  (add<Adapters<Outer, Inner>>(all, std::string(kName<Outer>) + "Over" + kName<Inner>), ...);
}

/// Each of them over each of them.
template <template <class> class... Outer, class Inner>
void addPairs(std::vector<Composed>& all, Adapters<Outer...> /*outer*/, Inner inner) {
  (addOver<Outer>(all, inner), ...);
}

std::vector<Composed> compositions() {
  std::vector<Composed> all;
  addOrders(all, "", Adapters<>(), Adapters<>(), Adapters<Counted, Padded, Described, AfterArena>());
  const Adapters<Counted, Padded, Described, AfterArena, Failing, InOrder, Traced, ForSmall, ForLarge> each;
  addPairs(all, each, each);
  return all;
}

class Composition : public testing::TestWithParam<Composed> {
 protected:
  void SetUp() override { ASSERT_EQ(g_ground.inner().live(), 0U); }
  void TearDown() override {
    g_ground.disarm();
    EXPECT_EQ(g_ground.inner().live(), 0U) << "whatever was allocated below is given back";
    g_arena.with([](auto& arena) { arena.reset(); });
  }
};

TEST_P(Composition, KeepsTheContract) { GetParam().with(&expectContract); }

TEST_P(Composition, GivesEverythingBackWhereverMemoryEnds) {
  std::uint64_t point = 0;
  for (bool failed = true; failed; ++point) {
    g_ground.arm(point);
    GetParam().with([](AnyAllocator allocator) {
      MarkedBlock one(allocator, Layout::fromUnchecked(100, 8));
      MarkedBlock two(allocator, Layout::fromUnchecked(5000, 4096));
      if (one) one.realloc(300);
      if (two) two.realloc(200);
      if (one) one.realloc(50);
    });
    failed = g_ground.failures() > 0;
    ASSERT_EQ(g_ground.inner().live(), 0U) << "out of memory at request " << point;
    ASSERT_LT(point, 100U);
  }
  EXPECT_GT(point, 1U) << "nothing failed";
}

INSTANTIATE_TEST_SUITE_P(InEveryOrder, Composition, testing::ValuesIn(compositions()),
                         [](const auto& composition) { return composition.param.name; });

}  // namespace
}  // namespace heaptap
