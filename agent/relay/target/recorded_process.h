// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "agent/relay/target/target_process.h"
#include "agent/wire/layout.h"

namespace heaptap::relay {

class EventTranslator;

/// One process of a tree that shares one memory, as the drain sees it.
struct RecordedProcess {
  std::uint32_t index = wire::kFirstProcess;
  std::uint32_t parent = wire::kFirstProcess;
  std::uint32_t fork = wire::kNoFork;  ///< Number of the fork that made it.
  std::uint64_t startNs = 0;           ///< Time 0 of its session, on the clock of the tree.
  const TargetProcess* process = nullptr;
  EventTranslator* translator = nullptr;  ///< None: what the process writes is thrown away.
  bool begun = false;                     ///< The translator knows which blocks the process began with.
  bool ended = false;                     ///< It writes no more.

  /// A time of the tree as one of the process's session.
  [[nodiscard]] std::uint64_t sessionNs(std::uint64_t treeNs) const {
    return treeNs > startNs ? treeNs - startNs : 0;
  }
};

/// The processes of a tree, by their index in the shared memory.
/// Threads: the drain's.
class ProcessRegister {
 public:
  virtual ~ProcessRegister() = default;
  /// The process with this index, met now if it is new. Null: there is no such, or it is not to be recorded.
  virtual RecordedProcess* find(std::uint32_t index) = 0;
  /// After `find` has found none: may it be found later? What it writes stays where it is until then.
  [[nodiscard]] virtual bool mustWait() const { return false; }
  /// All that were met and not yet forgotten, by rising index.
  [[nodiscard]] virtual std::vector<RecordedProcess*> all() const = 0;
};

}  // namespace heaptap::relay
