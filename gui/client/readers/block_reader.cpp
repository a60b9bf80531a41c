// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/block_reader.h"

#include <cmath>
#include <limits>
#include <utility>

#include "client/blocks_reader.h"
#include "gui/client/readers/block_filter.h"
#include "gui/client/readers/instant_of.h"
#include "gui/client/sites/name_texts.h"
#include "gui/client/sites/own_functions.h"

namespace heaptap::gui {
namespace {

model::BlockOrder orderOf(BlockOrder order) {
  switch (order) {
    case BlockOrder::Largest: return model::BlockOrder::Size;
    case BlockOrder::Oldest: return model::BlockOrder::Age;
    case BlockOrder::Address: break;
  }
  return model::BlockOrder::Address;
}

/// The blocks of a page in the viewer's words.
class BlockTexts {
 public:
  explicit BlockTexts(const client::Profile& profile)
      : m_profile(profile), m_functions(profile), m_threads(profile.definitions.threadNames()) {}

  Block block(const model::LiveBlock& live, quint64 atNs) {
    const model::Pair& pair = m_profile.definitions.pair(live.pair);
    Block block{.address = live.address,
                .size = pair.size,
                .ageNs = atNs > live.atNs ? atNs - live.atNs : 0,
                .thread = {},
                .site = {model::index(pair.stack), static_cast<quint32>(model::index(pair.heap))},
                .label = m_functions.label(pair.stack)};
    if (live.thread && model::index(*live.thread) < m_threads.size())
      block.thread = m_texts.text(m_threads[model::index(*live.thread)]).simplified();
    return block;
  }

 private:
  const client::Profile& m_profile;
  OwnFunctions m_functions;
  std::vector<std::string_view> m_threads;
  NameTexts m_texts;
};

/// The block that begins before the addresses of a page, and reaches into them.
Result<void> addBlockBefore(client::ProfileSource& source, const std::string& session, const v1::Instant& at,
                            model::BlockQuery query, model::BlockPage& page, const std::stop_token& stop) {
  query.containsFrom = true;
  query.toAddress = std::numeric_limits<std::uint64_t>::max();
  const auto found = source.blocks(session, at, query, stop);
  if (!found) return tl::unexpected(found.error());
  for (const model::LiveBlock& block : found->blocks.page) {
    if (block.address >= query.fromAddress) continue;
    page.page.insert(page.page.begin(), block);
    ++page.blocks;
  }
  return {};
}

}  // namespace

Result<BlockPage> readBlocks(client::ProfileSource& source, const std::string& session, const BlockWish& wish,
                             const std::stop_token& stop) {
  model::BlockQuery query{.order = orderOf(wish.order), .limit = wish.limit};
  if (wish.fromNs) query.bornFromNs = *wish.fromNs + 1;
  if (wish.addresses) {
    query.fromAddress = wish.addresses->from;
    query.toAddress = wish.addresses->to;
  }
  const auto at = instantOf(source, session, wish.atNs, needsAges(wish.filter), stop);
  if (!at) return tl::unexpected(at.error());
  if (!wish.filter.isEmpty() || wish.addresses) {
    const auto profile = source.profile(session, {}, stop);
    if (!profile) return tl::unexpected(profile.error());
    const auto canPass =
        applyFilter(query, *at, wish.filter, *profile, wish.addresses ? BlockHeaps::Malloc : BlockHeaps::All);
    if (!canPass) return tl::unexpected(canPass.error());
    if (!*canPass) return BlockPage{};
  }
  auto found = source.blocks(session, *at, query, stop);
  if (!found) return tl::unexpected(found.error());
  if (wish.addresses) {
    if (auto added = addBlockBefore(source, session, *at, query, found->blocks, stop); !added)
      return tl::unexpected(added.error());
  }
  // Got after the blocks, so that all that they name is defined.
  const auto profile = source.profile(session, {}, stop);
  if (!profile) return tl::unexpected(profile.error());
  const auto& estimated = found->blocks.estimated;
  const auto errorOf = [&](double variance) {
    return profile->isSampled() ? std::optional(std::sqrt(variance)) : std::nullopt;
  };
  BlockPage page{
      .recorded = found->blocks.blocks,
      .blocks = {.value = estimated ? estimated->blocks : found->blocks.blocks,
                 .error = errorOf(estimated ? estimated->blocksVariance : 0)},
      .bytes = {.value = found->blocks.bytes, .error = errorOf(estimated ? estimated->bytesVariance : 0)},
      .atNs = found->instant.at_ns(),
      .areSamples = profile->isSampled(),
      .rows = {}};
  BlockTexts texts(*profile);
  for (const model::LiveBlock& block : found->blocks.page) {
    if (auto checked = client::checkNames(*profile, block); !checked) return tl::unexpected(checked.error());
    page.rows.push_back(texts.block(block, page.atNs));
  }
  return page;
}

}  // namespace heaptap::gui
