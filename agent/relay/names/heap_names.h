// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <string>
#include <vector>

#include "agent/relay/base/message_sink.h"
#include "agent/relay/target/shared_memory.h"

namespace heaptap::relay {

/// The heaps that a program has named, as the session numbers them: from 2, by their first event. Two entries
/// of the shared memory with the same name are the same heap. Threads: the drain's.
class HeapNames {
 public:
  explicit HeapNames(const SharedMemory& memory) : m_memory(memory) {}

  /// The first number that the shared memory has for the heap which it calls `number`: the same in all
  /// processes that share it. wire::kMallocHeap: there is no such.
  std::uint32_t canonical(std::uint32_t number);
  /// The session's number of a canonical one, defined now if it is new.
  std::uint32_t idOf(std::uint32_t canonical);

  /// Sends the names that are new since the last call.
  void flush(MessageSink& sink);

 private:
  static constexpr std::uint32_t kUnknown = 0xFFFF'FFFF;

  [[nodiscard]] std::string nameOf(std::uint32_t number) const;

  const SharedMemory& m_memory;
  std::vector<std::uint32_t> m_canonical;                   ///< By position in the shared memory.
  absl::flat_hash_map<std::uint32_t, std::uint32_t> m_ids;  ///< By canonical number.
  v1::Heaps m_new;
};

}  // namespace heaptap::relay
