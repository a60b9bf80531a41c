// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>

#include "agent/relay/message_sink.h"

namespace heaptap::relay {

/// What all allocations of one pair have in common.
struct PairKey {
  std::uint64_t size = 0;
  std::uint32_t stack = 0;  ///< Session id.
  std::uint32_t origin = 0;

  friend bool operator==(const PairKey&, const PairKey&) = default;
  template <class H>
  friend H AbslHashValue(H state, const PairKey& key) {
    return H::combine(std::move(state), key.size, std::uint64_t{key.stack} << 32 | key.origin);
  }
};

/// Numbers the (size, stack, origin) combinations of a session: 0, 1, 2, ….
class PairTable {
 public:
  std::uint32_t indexOf(const PairKey& key) {
    const auto [place, isNew] = m_index.try_emplace(key, static_cast<std::uint32_t>(m_index.size()));
    if (isNew) {
      m_new.add_size(key.size);
      m_new.add_stack(key.stack);
      m_new.add_origin(key.origin);
    }
    return place->second;
  }

  /// Sends the pairs that are new since the last call.
  void flush(MessageSink& sink) {
    if (m_new.size_size() == 0) return;
    v1::RecordRequest request;
    request.mutable_pairs()->Swap(&m_new);
    sink.send(request);
    m_new.Clear();
  }

 private:
  absl::flat_hash_map<PairKey, std::uint32_t> m_index;
  v1::Pairs m_new;
};

}  // namespace heaptap::relay
