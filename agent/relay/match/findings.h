// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "agent/relay/base/message_sink.h"
#include "agent/relay/base/moment.h"
#include "agent/wire/origin.h"

namespace heaptap::relay {

/// What was wrong with a free. The same stacks with the same mistake are one finding, counted.
struct Mistake {
  static constexpr std::uint32_t kNoPair = 0xFFFF'FFFF;

  v1::FindingKind kind{};
  std::uint32_t pair = kNoPair;    ///< Of the block, where that is known.
  wire::Origin origin{};           ///< Of the free.
  std::uint32_t stack = 0;         ///< Session id of the free's stack; 0: not recorded.
  std::uint32_t earlierStack = 0;  ///< Of the free that had ended the block before; 0: not recorded.
  /// Of a wrong size or alignment: what the program said, in bytes; 0 when only that it was wrong is known.
  std::uint64_t declared = 0;
  std::uint32_t heap = 0;  ///< As the session numbers them.

  friend bool operator==(const Mistake&, const Mistake&) = default;
  template <class H>
  friend H AbslHashValue(H state, const Mistake& m) {
    return H::combine(std::move(state), static_cast<int>(m.kind), m.pair, static_cast<int>(m.origin), m.stack,
                      m.earlierStack, m.declared, m.heap);
  }
};

/// A mismatch with malloc or free on one side and an operator on the other: none, if the call of malloc or
/// free was that of an operator, too.
struct OperatorDoubt {
  std::uint32_t finding = 0;
  std::uint32_t stack = 0;  ///< Session id, of the call of malloc or free; 0: not recorded, …
  std::uint32_t pair = 0;   ///< … or, of malloc, that of this pair, …
  bool isOfPair = false;    ///< … if this is set.
  wire::Family other{};     ///< What it should go with.
};

/// The findings of a session, sent as they become known and whenever their counts have changed.
/// Threads: the drain's.
class Findings {
 public:
  /// Different ones beyond this many are only counted.
  static constexpr std::size_t kMax = 4096;

  /// `allocated`: what made the block, where that is known.
  void add(const Moment& when, std::uint64_t address, const Mistake& mistake,
           wire::Origin allocated = wire::Origin::Unknown);

  /// Those that are new since the last call.
  [[nodiscard]] std::vector<OperatorDoubt> takeDoubts() { return std::exchange(m_doubts, {}); }
  [[nodiscard]] bool hasDoubts() const { return !m_doubts.empty(); }
  /// It turned out to be none.
  void dismiss(std::uint32_t id);

  [[nodiscard]] bool changed() const { return !m_changed.empty(); }
  /// How many were not kept because there were too many different ones.
  [[nodiscard]] std::uint64_t beyond() const { return m_beyond; }
  /// Sends what has changed since the last call. All that it refers to must have been sent before.
  void flush(MessageSink& sink);

 private:
  void noteDoubt(std::uint32_t id, const Mistake& mistake, wire::Origin allocated);

  struct Counted {
    Mistake mistake;
    Moment first;
    std::uint64_t address = 0;
    std::uint64_t count = 0;
    bool dismissed = false;
    bool changed = false;
  };
  std::vector<Counted> m_all;
  std::vector<std::uint32_t> m_changed;
  std::vector<OperatorDoubt> m_doubts;
  absl::flat_hash_map<Mistake, std::uint32_t> m_index;
  std::uint64_t m_beyond = 0;
};

}  // namespace heaptap::relay
