// SPDX-License-Identifier: Apache-2.0
#include "client/function_costs.h"

#include <algorithm>
#include <optional>

namespace heaptap::client {
namespace {

/// Walks over all stacks with a cost, from the outermost place inwards, and tells of each line that is
/// entered and left. Without recursion, as stacks may have any depth.
class StackWalk {
 public:
  StackWalk(const Profile& profile, const StackCosts& costs) : m_profile(profile), m_costs(costs) {
    m_firstChild.resize(costs.stacks(), 0);
    m_nextSibling.resize(costs.stacks(), 0);
    for (std::uint32_t i = static_cast<std::uint32_t>(costs.stacks()); i-- > 1;) {
      if (costs.total(static_cast<model::StackId>(i)) == 0) continue;
      const auto parent =
          static_cast<std::uint32_t>(index(profile.definitions.stack(static_cast<model::StackId>(i)).parent));
      m_nextSibling[i] = m_firstChild[parent];
      m_firstChild[parent] = i;
    }
  }

  /// `enter(caller, function, total)` and `leave(caller, function)`: the caller is none for what nothing
  /// calls. `own(function, self)`: what a stack's innermost function allocates itself.
  template <class Enter, class Leave, class Own>
  void run(Enter&& enter, Leave&& leave, Own&& own) const {
    struct Level {
      std::uint32_t stack;
      std::optional<FunctionId> innermost;
    };
    std::vector<Level> path{{0, std::nullopt}};
    std::vector<std::uint32_t> next{m_firstChild.empty() ? 0 : m_firstChild[0]};
    while (!path.empty()) {
      const std::uint32_t child = next.back();
      if (child == 0) {
        if (path.size() > 1) lines(path.back().stack, path[path.size() - 2].innermost, leave);
        path.pop_back();
        next.pop_back();
        continue;
      }
      next.back() = m_nextSibling[child];
      const std::uint64_t total = m_costs.total(static_cast<model::StackId>(child));
      const auto innermost =
          lines(child, path.back().innermost,
                [&](const auto& caller, FunctionId function) { enter(caller, function, total); });
      const std::uint64_t self = m_costs.self(static_cast<model::StackId>(child));
      if (innermost && self != 0) own(*innermost, self);
      path.push_back({child, innermost});
      next.push_back(m_firstChild[child]);
    }
  }

 private:
  template <class OnLine>
  std::optional<FunctionId> lines(std::uint32_t stack, std::optional<FunctionId> caller,
                                  OnLine&& onLine) const {
    const model::StackNode& node = m_profile.definitions.stack(static_cast<model::StackId>(stack));
    const auto functions = m_profile.names->functions(node.frame);
    for (std::size_t line = functions.size(); line-- > 0;) {
      if (functions[line] == FrameNames::kAllocator) continue;
      onLine(caller, functions[line]);
      caller = functions[line];
    }
    return caller;
  }

  const Profile& m_profile;
  const StackCosts& m_costs;
  std::vector<std::uint32_t> m_firstChild;
  std::vector<std::uint32_t> m_nextSibling;
};

/// Costs by function, of which each counts only where it is not on the path already.
class OncePerPath {
 public:
  explicit OncePerPath(std::size_t functions) : m_onPath(functions, 0), m_costs(functions, 0) {}

  void enter(FunctionId function, std::uint64_t cost) {
    if (m_onPath[index(function)]++ == 0) m_costs[index(function)] += cost;
  }
  void leave(FunctionId function) { --m_onPath[index(function)]; }
  [[nodiscard]] std::uint64_t cost(FunctionId function) const { return m_costs[index(function)]; }

  [[nodiscard]] std::vector<Neighbour> sorted() const {
    std::vector<Neighbour> all;
    for (std::size_t i = 0; i < m_costs.size(); ++i)
      if (m_costs[i] != 0) all.push_back({.function = static_cast<FunctionId>(i), .cost = m_costs[i]});
    std::stable_sort(all.begin(), all.end(),
                     [](const Neighbour& a, const Neighbour& b) { return a.cost > b.cost; });
    return all;
  }

 private:
  std::vector<std::uint32_t> m_onPath;
  std::vector<std::uint64_t> m_costs;
};

}  // namespace

std::vector<FunctionCost> functionCosts(const Profile& profile, const StackCosts& costs) {
  OncePerPath totals(profile.names->functionCount());
  std::vector<std::uint64_t> self(profile.names->functionCount(), 0);
  StackWalk(profile, costs)
      .run([&](const auto&, FunctionId function, std::uint64_t total) { totals.enter(function, total); },
           [&](const auto&, FunctionId function) { totals.leave(function); },
           [&](FunctionId function, std::uint64_t own) { self[index(function)] += own; });
  std::vector<FunctionCost> all;
  for (const Neighbour& each : totals.sorted())
    all.push_back({.function = each.function, .self = self[index(each.function)], .total = each.cost});
  return all;
}

Neighbours neighboursOf(const Profile& profile, const StackCosts& costs, FunctionId function) {
  const std::size_t functions = profile.names->functionCount();
  OncePerPath middle(functions);
  OncePerPath callers(functions);
  OncePerPath callees(functions);
  std::uint64_t self = 0;
  StackWalk(profile, costs)
      .run(
          [&](const std::optional<FunctionId>& caller, FunctionId entered, std::uint64_t total) {
            if (entered == function) {
              middle.enter(function, total);
              if (caller) callers.enter(*caller, total);
            }
            if (caller == function) callees.enter(entered, total);
          },
          [&](const std::optional<FunctionId>& caller, FunctionId left) {
            if (left == function) {
              middle.leave(function);
              if (caller) callers.leave(*caller);
            }
            if (caller == function) callees.leave(left);
          },
          [&](FunctionId innermost, std::uint64_t own) {
            if (innermost == function) self += own;
          });
  return {.middle = {.function = function, .self = self, .total = middle.cost(function)},
          .callers = callers.sorted(),
          .callees = callees.sorted()};
}

}  // namespace heaptap::client
