// SPDX-License-Identifier: Apache-2.0
#include "client/blocks_reader.h"

#include <algorithm>
#include <cmath>

#include "client/call.h"

namespace heaptap::client {
namespace {

bool isError(double error) { return std::isfinite(error) && error >= 0; }

}  // namespace

v1::GetBlocksRequest requestFor(const std::string& session, const v1::Instant& at,
                                const model::BlockQuery& query) {
  constexpr auto kAny = ~std::uint64_t{0};
  v1::GetBlocksRequest request;
  request.set_session(session);
  *request.mutable_at() = at;
  request.set_from_address(query.fromAddress);
  if (query.toAddress != kAny) request.set_to_address(query.toAddress);
  std::uint32_t before = 0;
  for (const model::PairId pair : query.pairs) {
    const auto id = static_cast<std::uint32_t>(index(pair));
    request.add_pair(id - std::exchange(before, id));
  }
  for (const model::ThreadIndex thread : query.threads)
    request.add_thread(static_cast<std::uint32_t>(index(thread)));
  request.set_contains_from(query.containsFrom);
  request.set_born_from_ns(query.bornFromNs);
  if (query.bornToNs != kAny) request.set_born_to_ns(query.bornToNs);
  switch (query.order) {
    case model::BlockOrder::Address: break;
    case model::BlockOrder::Size: request.set_order(v1::GetBlocksRequest::BY_SIZE); break;
    case model::BlockOrder::Age: request.set_order(v1::GetBlocksRequest::BY_AGE); break;
  }
  request.set_skip(query.skip);
  request.set_limit(query.limit);
  return request;
}

void addChoice(const model::BlockChoice& choice, v1::GetCountsRequest& request) {
  for (const model::ThreadIndex thread : choice.threads)
    request.add_thread(static_cast<std::uint32_t>(index(thread)));
  if (choice.minLifetimeNs != 0) request.set_min_lifetime_ns(choice.minLifetimeNs);
  if (choice.maxLifetimeNs != model::BlockChoice().maxLifetimeNs)
    request.set_max_lifetime_ns(choice.maxLifetimeNs);
}

template <class Reply>
model::LiveBlock BlocksReader::blockAt(const Reply& reply, int i) const {
  model::LiveBlock block{.number = reply.number(i),
                         .address = reply.address(i),
                         .atNs = reply.born_ns(i),
                         .pair = static_cast<model::PairId>(reply.pair(i))};
  if (reply.thread(i) != 0) block.thread = static_cast<model::ThreadIndex>(reply.thread(i) - 1);
  return block;
}

Result<void> BlocksReader::add(const v1::BlocksReply& reply) {
  const int count = reply.number_size();
  if (reply.address_size() != count || reply.pair_size() != count || reply.born_ns_size() != count ||
      reply.thread_size() != count)
    return brokenAnswer(m_where, "columns of different lengths");
  if (!std::exchange(m_begun, true)) {
    m_instant = reply.instant();
    m_page.blocks = reply.blocks();
    m_page.bytes = reply.bytes();
    if (reply.has_estimated_blocks()) {
      if (!isError(reply.blocks_error()) || !isError(reply.bytes_error()))
        return brokenAnswer(m_where, "a standard error that is no number");
      m_page.estimated =
          model::BlockPage::Estimated{.blocks = reply.estimated_blocks(),
                                      .blocksVariance = reply.blocks_error() * reply.blocks_error(),
                                      .bytesVariance = reply.bytes_error() * reply.bytes_error()};
    }
  }
  if (m_page.page.size() + static_cast<std::size_t>(count) > std::min(m_limit, m_page.blocks))
    return brokenAnswer(m_where, "more blocks than were asked for");
  for (int i = 0; i < count; ++i) m_page.page.push_back(blockAt(reply, i));
  return {};
}

Result<void> BlocksReader::add(const v1::AddressReply& reply) {
  const int count = reply.number_size();
  if (reply.address_size() != count || reply.pair_size() != count || reply.born_ns_size() != count ||
      reply.thread_size() != count || reply.freed_ns_size() != count || reply.freed_thread_size() != count ||
      reply.freed_stack_size() != count)
    return brokenAnswer(m_where, "columns of different lengths");
  if (!std::exchange(m_begun, true)) {
    m_history.blocks = reply.blocks();
    m_history.knownFromNs = reply.known_from_ns();
  }
  if (m_history.lives.size() + static_cast<std::size_t>(count) > std::min(m_limit, m_history.blocks))
    return brokenAnswer(m_where, "more blocks than were asked for");
  for (int i = 0; i < count; ++i) {
    model::BlockLife life{.block = blockAt(reply, i)};
    if (reply.freed_thread(i) != 0)
      life.end = model::BlockLife::End{.atNs = reply.freed_ns(i),
                                       .thread = static_cast<model::ThreadIndex>(reply.freed_thread(i) - 1),
                                       .stack = static_cast<model::StackId>(reply.freed_stack(i))};
    m_history.lives.push_back(life);
  }
  return {};
}

Result<void> checkNames(const Profile& profile, const model::LiveBlock& block) {
  const model::DefinitionsView& known = profile.definitions;
  if (index(block.pair) < known.pairs.size() &&
      (!block.thread || index(*block.thread) < known.threads.size()))
    return {};
  return failure(Code::Corrupt, "blocks", "a block of a call site or a thread that is not defined");
}

Result<void> checkNames(const Profile& profile, const model::BlockLife& life) {
  const model::DefinitionsView& known = profile.definitions;
  if (!life.end ||
      (index(life.end->thread) < known.threads.size() && index(life.end->stack) < known.stacks.size()))
    return checkNames(profile, life.block);
  return failure(Code::Corrupt, "blocks", "a free of a thread or a stack that is not defined");
}

}  // namespace heaptap::client
