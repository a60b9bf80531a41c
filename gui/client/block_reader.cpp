// SPDX-License-Identifier: Apache-2.0
#include "gui/client/block_reader.h"

#include <algorithm>
#include <utility>

#include "analysis/own_code.h"
#include "client/blocks_reader.h"
#include "gui/client/name_texts.h"
#include "gui/client/stack_search.h"

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
      : m_profile(profile), m_ownCode(profile), m_threads(profile.definitions.threadNames()) {}

  Block block(const model::LiveBlock& live, quint64 atNs) {
    const model::Pair& pair = m_profile.definitions.pair(live.pair);
    Block block{.address = live.address,
                .size = pair.size,
                .ageNs = atNs > live.atNs ? atNs - live.atNs : 0,
                .thread = {},
                .site = {model::index(pair.stack), static_cast<quint32>(model::index(pair.heap))},
                .label = label(pair.stack)};
    if (live.thread && model::index(*live.thread) < m_threads.size())
      block.thread = m_texts.text(m_threads[model::index(*live.thread)]).simplified();
    return block;
  }

 private:
  SiteLabel label(model::StackId stack) {
    std::vector<StackLine> lines;
    for (const client::StackLine& line : m_ownCode.ownLines(stack, kNamedLines))
      lines.push_back(m_texts.line(line));
    return siteLabel(lines);
  }

  const client::Profile& m_profile;
  analysis::OwnCode m_ownCode;
  std::vector<std::string_view> m_threads;
  NameTexts m_texts;
};

}  // namespace

Result<BlockPage> readBlocks(client::ProfileSource& source, const std::string& session, const BlockWish& wish,
                             const std::stop_token& stop) {
  model::BlockQuery query{.order = orderOf(wish.order), .limit = wish.limit};
  if (wish.fromNs) query.bornFromNs = *wish.fromNs + 1;
  if (!wish.filter.isEmpty()) {
    const auto profile = source.profile(session, {}, stop);
    if (!profile) return tl::unexpected(profile.error());
    query.pairs = pairsWith(*profile, wish.filter);
    if (query.pairs.empty()) return BlockPage{};  // No pair at all would mean any.
  }
  v1::Instant at = wish.atNs ? client::When::time(*wish.atNs) : v1::Instant();
  if (!wish.atNs) {
    // Blocks grow older until the end of the session, not until its last event.
    const auto summary = source.summary(session, stop);
    if (!summary) return tl::unexpected(summary.error());
    if (summary->info().state() != v1::SESSION_LIVE && summary->info().has_duration_ns())
      at = client::When::time(summary->info().duration_ns());
  }
  const auto found = source.blocks(session, at, query, stop);
  if (!found) return tl::unexpected(found.error());
  // Got after the blocks, so that all that they name is defined.
  const auto profile = source.profile(session, {}, stop);
  if (!profile) return tl::unexpected(profile.error());
  BlockPage page{.blocks = found->blocks.blocks,
                 .bytes = found->blocks.bytes,
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
