// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/error.h"
#include "client/profile.h"
#include "collector/model/block_choice.h"
#include "collector/model/block_query.h"

namespace heaptap::client {

/// What a collector is asked for blocks with.
[[nodiscard]] v1::GetBlocksRequest requestFor(const std::string& session, const v1::Instant& at,
                                              const model::BlockQuery& query);

/// Adds which blocks are counted.
void addChoice(const model::BlockChoice& choice, v1::GetCountsRequest& request);

/// Collects the messages of one answer about blocks, and checks them. Threads: one at a time.
/// Errors: Corrupt, with `where` as the place.
class BlocksReader {
 public:
  BlocksReader(std::string where, std::uint64_t limit) : m_where(std::move(where)), m_limit(limit) {}

  Result<void> add(const v1::BlocksReply& reply);
  Result<void> add(const v1::AddressReply& reply);

  [[nodiscard]] const v1::InstantReport& instant() const { return m_instant; }
  [[nodiscard]] model::BlockPage takePage() { return std::move(m_page); }
  [[nodiscard]] model::AddressHistory takeHistory() { return std::move(m_history); }

 private:
  template <class Reply>
  model::LiveBlock blockAt(const Reply& reply, int i) const;

  std::string m_where;
  std::uint64_t m_limit;
  bool m_begun = false;
  v1::InstantReport m_instant;
  model::BlockPage m_page;
  model::AddressHistory m_history;
};

/// Whether all that blocks name is defined in a profile. Errors: Corrupt.
[[nodiscard]] Result<void> checkNames(const Profile& profile, const model::LiveBlock& block);
[[nodiscard]] Result<void> checkNames(const Profile& profile, const model::BlockLife& life);

}  // namespace heaptap::client
