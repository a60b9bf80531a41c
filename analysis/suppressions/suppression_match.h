// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/own_code.h"
#include "analysis/suppressions/suppressions.h"
#include "client/profile.h"

namespace heaptap::analysis {

/// Which suppressions match the stacks of a profile.
/// Cost:    each frame is compared with each pattern once, when it is on a stack that is asked for; then a
/// stack
///          costs its frames that a pattern matches.
/// Owns:    a copy of the profile; the suppressions and `ownCode` must outlive it.
/// Threads: one at a time.
class SuppressionMatch {
 public:
  SuppressionMatch(client::Profile profile, const Suppressions& suppressions, OwnCode& ownCode);

  /// Positions in Suppressions::all() of those that match a stack which was allocated by one of `origins`, in
  /// the order in which they are tried.
  [[nodiscard]] std::vector<std::size_t> matching(model::StackId stack,
                                                  const std::vector<v1::Origin>& origins);

 private:
  static constexpr std::uint32_t kNotKnown = 0xFFFF'FFFF;

  struct Line {
    model::FrameId frame{};
    std::uint32_t line = 0;
  };
  /// A stack as suppressions see it: at 0 the entry point that allocated, then its lines, innermost first.
  struct Stack {
    const std::vector<v1::Origin>& origins;
    std::vector<Line> lines;
    [[nodiscard]] std::size_t size() const { return lines.size() + 1; }
  };

  void addKey(std::size_t suppression);
  [[nodiscard]] bool isLine(const FrameRule& rule, const Line& line) const;
  [[nodiscard]] bool isAt(const FrameRule& rule, const Stack& stack, std::size_t at) const;
  [[nodiscard]] bool isMatching(const Suppression& suppression, const Stack& stack);
  [[nodiscard]] bool mayPass(const Suppression& suppression, const Stack& stack, std::size_t at);
  /// Suppressions of which a line of the frame matches the key.
  const std::vector<std::size_t>& candidatesOf(model::FrameId frame);
  /// The node at or outside of `stack` that is the next one with candidates; the empty stack: there is none.
  model::StackId nextHit(model::StackId stack);
  [[nodiscard]] std::vector<Line> linesOf(model::StackId stack) const;

  client::Profile m_profile;
  const Suppressions& m_suppressions;
  OwnCode& m_ownCode;
  std::string_view m_executable;  ///< Path of its module; empty: unknown.
  /// Suppressions by the line that says most of them, their key: by function where that is one name, …
  absl::flat_hash_map<std::string_view, std::vector<std::size_t>> m_byFunction;
  struct Key {
    std::size_t suppression = 0;
    const FrameRule* rule = nullptr;
  };
  std::vector<Key> m_byPattern;                        ///< … those with a pattern, …
  std::vector<std::size_t> m_always;                   ///< … and those of which no line says anything.
  std::vector<std::vector<std::size_t>> m_candidates;  ///< From 1; 0: none.
  std::vector<std::uint32_t> m_candidatesOfFrame;      ///< By frame: position in m_candidates, or kNotKnown.
  std::vector<std::uint32_t> m_nextHit;                ///< By stack node; kNotKnown: not looked at yet.
};

}  // namespace heaptap::analysis
