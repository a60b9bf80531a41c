// SPDX-License-Identifier: Apache-2.0
#include "collector/query/blocks.h"

#include <algorithm>
#include <limits>

namespace heaptap::query {
namespace {

/// Some hundred kilobytes.
constexpr std::size_t kBlocksPerMessage = 16'384;

template <class Reply>
void writeBlock(const model::LiveBlock& block, Reply& reply) {
  reply.add_number(block.number);
  reply.add_address(block.address);
  reply.add_pair(static_cast<std::uint32_t>(index(block.pair)));
  reply.add_born_ns(block.atNs);
  reply.add_thread(block.thread ? static_cast<std::uint32_t>(index(*block.thread)) + 1 : 0);
}

}  // namespace

Result<model::BlockQuery> queryOf(const v1::GetBlocksRequest& request) {
  model::BlockQuery query{
      .fromAddress = request.from_address(), .bornFromNs = request.born_from_ns(), .skip = request.skip()};
  if (request.to_address() != 0) query.toAddress = request.to_address();
  if (request.has_born_to_ns()) query.bornToNs = request.born_to_ns();
  if (request.limit() != 0) query.limit = request.limit();
  for (const std::uint32_t thread : request.thread())
    query.threads.push_back(static_cast<model::ThreadIndex>(thread));
  query.containsFrom = request.contains_from();
  switch (request.order()) {
    case v1::GetBlocksRequest::BY_SIZE: query.order = model::BlockOrder::Size; break;
    case v1::GetBlocksRequest::BY_AGE: query.order = model::BlockOrder::Age; break;
    default: break;
  }
  std::uint64_t pair = 0;
  query.pairs.reserve(static_cast<std::size_t>(request.pair_size()));
  for (const std::uint32_t difference : request.pair()) {
    pair += difference;
    if (pair > std::numeric_limits<std::uint32_t>::max() || (difference == 0 && !query.pairs.empty()))
      return failure(Code::Usage, "pairs", "they do not ascend");
    query.pairs.push_back(static_cast<model::PairId>(pair));
  }
  return query;
}

model::BlockChoice choiceOf(const v1::GetCountsRequest& request) {
  model::BlockChoice choice{.minLifetimeNs = request.min_lifetime_ns()};
  if (request.has_max_lifetime_ns()) choice.maxLifetimeNs = request.max_lifetime_ns();
  for (const std::uint32_t thread : request.thread())
    choice.threads.push_back(static_cast<model::ThreadIndex>(thread));
  return choice;
}

std::size_t writeBlocks(const model::BlockPage& page, std::size_t first, v1::BlocksReply& reply) {
  const std::size_t end = std::min(page.page.size(), first + kBlocksPerMessage);
  for (std::size_t i = first; i < end; ++i) writeBlock(page.page[i], reply);
  return end;
}

std::size_t writeLives(const model::AddressHistory& history, std::size_t first, v1::AddressReply& reply) {
  const std::size_t end = std::min(history.lives.size(), first + kBlocksPerMessage);
  for (std::size_t i = first; i < end; ++i) {
    const model::BlockLife& life = history.lives[i];
    writeBlock(life.block, reply);
    reply.add_freed_ns(life.end ? life.end->atNs : 0);
    reply.add_freed_thread(life.end ? static_cast<std::uint32_t>(index(life.end->thread)) + 1 : 0);
    reply.add_freed_stack(life.end ? static_cast<std::uint32_t>(index(life.end->stack)) : 0);
  }
  return end;
}

}  // namespace heaptap::query
