// SPDX-License-Identifier: Apache-2.0
#include "cli/blocks/tree_blocks.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "cli/blocks/block_listing.h"
#include "cli/blocks/block_question.h"
#include "cli/message.h"
#include "cli/tree/opened_tree.h"
#include "client/blocks_reader.h"
#include "client/tree/profile_merge.h"
#include "text/quantity.h"

namespace heaptap::cli {
namespace {

/// A block with what its own session knew of it, and ids of what was merged.
struct TreeBlock {
  model::LiveBlock block;
  BlockListing::Owner owner;
  std::uint64_t size = 0;
  std::int64_t treeNs = 0;  ///< When it was allocated, since the root's start.
};

/// The first blocks of all sessions in the order that was asked for, out of the first of each.
class TreeBlocks {
 public:
  TreeBlocks(const BlocksOptions& options, const Addresses& addresses, OpenedTree& tree,
             const std::optional<client::TreeInstant>& at)
      : m_options(options), m_addresses(addresses), m_tree(tree), m_at(at) {}

  /// Errors: Usage: what was asked is wrong.
  Result<void> add(const client::TreeMember& member) {
    v1::Instant at = client::When::time(member.info.duration_ns());
    if (m_at) {
      const auto time = client::timeOf(member, nullptr, *m_at, false);
      if (!time || time->isOver) return {};
      at = time->when.at;
    }
    std::optional<client::Profile> profile;
    if (needsDefinitions(m_options)) {
      profile = m_tree.profile(member, {});
      if (!profile) return {};
    }
    auto query = queryFor(m_options, m_addresses, at.time_ns(), profile ? &*profile : nullptr);
    if (!query && query.error().code == Code::NotFound)
      return {};  // No thread of the name: another may have it.
    if (!query) return tl::unexpected(std::move(query.error()));
    m_isAsked = true;
    if (isNone(*query)) return {};
    query->limit += std::exchange(query->skip, 0);
    const auto found = m_tree.blocks(member, at, *query);
    if (!found) return {};
    m_isAnswered = true;
    addSum(found->blocks);
    m_processes += found->blocks.blocks != 0 ? 1 : 0;
    if (found->blocks.page.empty()) return {};
    const auto isNamed = [&] {
      return std::all_of(
          found->blocks.page.begin(), found->blocks.page.end(),
          [&](const model::LiveBlock& block) { return client::checkNames(*profile, block).has_value(); });
    };
    if (!profile || !isNamed()) {
      profile = m_tree.profile(member, {});
      if (!profile) return {};
      if (!isNamed())
        return failure(Code::Corrupt, m_tree.nameOf(member), "it has blocks of what it does not define");
    }
    take(member, *profile, found->blocks.page, found->instant.at_ns());
    return {};
  }

  Result<void> write(Output& out, exporting::NameStyle style) {
    if (!m_isAsked && !m_options.thread.empty() && !m_tree.tree().members.empty())
      return failure(Code::NotFound, "--thread " + m_options.thread,
                     "no session of the tree that is there then has a thread of this name or id",
                     "heaptap query SESSION --tree 'SELECT * FROM threads' lists them");
    if (!m_isAnswered && !m_tree.notes().empty()) return tl::unexpected(m_tree.noneAnswered());
    keepFirst(m_options.skip + m_options.limit);
    const auto skipped =
        static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(m_options.skip, m_blocks.size()));
    m_blocks.erase(m_blocks.begin(), m_blocks.begin() + skipped);
    if (m_sum.estimated) m_sum.estimated = m_estimated;
    client::ProfileSource::Blocks found{.blocks = m_sum, .instant = {}};
    BlockListing listing{.title = m_options.session,
                         .filter = filterWords(m_options),
                         .skip = m_options.skip,
                         .profile = m_merge.profile({})};
    for (const TreeBlock& each : m_blocks) {
      found.blocks.page.push_back(each.block);
      listing.owners.push_back(each.owner);
    }
    const std::string inAll =
        " in " + formatCount(m_processes) + (m_processes == 1 ? " session" : " sessions");
    listing.when =
        (m_at ? formatDuration(m_at->ns) + " after the first began" : "the end of each session") + inAll;
    found.instant.set_at_ns(m_at ? m_at->ns : m_tree.tree().durationNs());
    for (const std::string& note : m_tree.notes()) printNote(note);
    m_options.json ? writeBlocksJson(out, listing, found) : writeBlocks(out, listing, found, style);
    return out.finish();
  }

 private:
  void addSum(const model::BlockPage& page) {
    m_sum.blocks += page.blocks;
    m_sum.bytes += page.bytes;
    m_estimated.blocks += page.estimated ? page.estimated->blocks : page.blocks;
    if (!page.estimated) return;
    m_estimated.blocksVariance += page.estimated->blocksVariance;
    m_estimated.bytesVariance += page.estimated->bytesVariance;
    m_sum.estimated = model::BlockPage::Estimated{};
  }

  void take(const client::TreeMember& member, const client::Profile& profile,
            const std::vector<model::LiveBlock>& page, std::uint64_t nowNs) {
    // Of the session's definitions what its blocks need: counts that say so.
    auto counts = std::make_shared<model::Counts>();
    counts->pairs.resize(profile.definitions.pairs.size());
    for (const model::LiveBlock& block : page) counts->pairs[index(block.pair)].allocations = 1;
    client::Profile needed = profile;
    needed.counts = std::move(counts);
    const auto ids = m_merge.add(needed, member.process);
    for (const model::LiveBlock& block : page) {
      TreeBlock each{.block = block, .owner = {}, .size = profile.definitions.pair(block.pair).size};
      each.block.pair = ids.pairs[index(block.pair)];
      if (block.thread) each.block.thread = ids.threads[index(*block.thread)];
      each.treeNs =
          member.startNs + static_cast<std::int64_t>(std::min(block.atNs, member.info.duration_ns()));
      each.owner = {.pid = member.info.pid(),
                    .session = member.info.id(),
                    .ageNs = nowNs - std::min(nowNs, block.atNs),
                    .allocatedSeconds = static_cast<double>(each.treeNs) / 1e9};
      m_blocks.push_back(std::move(each));
    }
    keepFirst(m_options.skip + m_options.limit);
  }

  void keepFirst(std::uint64_t most) {
    std::stable_sort(m_blocks.begin(), m_blocks.end(), [this](const TreeBlock& a, const TreeBlock& b) {
      switch (m_options.order) {
        case model::BlockOrder::Address: break;
        case model::BlockOrder::Size: return a.size > b.size;
        case model::BlockOrder::Age: return a.treeNs < b.treeNs;
      }
      return std::tie(a.block.address, a.treeNs) < std::tie(b.block.address, b.treeNs);
    });
    if (m_blocks.size() > most) m_blocks.resize(most);
  }

  const BlocksOptions& m_options;
  const Addresses& m_addresses;
  OpenedTree& m_tree;
  const std::optional<client::TreeInstant>& m_at;  ///< None: the end of each session.
  client::ProfileMerge m_merge;
  std::vector<TreeBlock> m_blocks;
  model::BlockPage m_sum;
  model::BlockPage::Estimated m_estimated;  ///< With those of sessions that are not sampled.
  std::uint64_t m_processes = 0;
  bool m_isAnswered = false;  ///< By one session at least.
  bool m_isAsked = false;
};

}  // namespace

Result<void> writeTreeBlocks(Output& out, const BlocksOptions& options) {
  const auto addresses = addressesOf(options.address);
  if (!addresses) return tl::unexpected(addresses.error());
  Progress progress(options.display.isQuiet);
  auto tree = OpenedTree::open(options.session, options.collector, &progress);
  if (!tree) return tl::unexpected(std::move(tree.error()));
  std::optional<client::TreeInstant> at;
  if (!options.at.empty()) {
    auto instant = tree->instantOf(options.at);
    if (!instant) return tl::unexpected(std::move(instant.error()));
    at = std::move(*instant);
  }
  TreeBlocks blocks(options, *addresses, *tree, at);
  const auto& members = tree->tree().members;
  for (std::size_t i = 0; i < members.size(); ++i) {
    progress.begin("looking at session " + formatCount(i + 1) + " of " + formatCount(members.size()));
    if (auto added = blocks.add(members[i]); !added) return added;
  }
  return blocks.write(out, {.full = options.fullNames,
                            .allFrames = false,
                            .paint = options.json ? Paint() : options.display.paint()});
}

}  // namespace heaptap::cli
