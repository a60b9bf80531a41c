// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/address_map_reader.h"

#include <QCoreApplication>
#include <algorithm>
#include <utility>
#include <vector>

#include "gui/client/readers/block_filter.h"
#include "gui/client/readers/instant_of.h"
#include "gui/client/sites/own_functions.h"
#include "gui/client/sites/thread_names.h"
#include "gui/models/address_map/map_builder.h"

namespace heaptap::gui {
namespace {

/// Each part is a question of its own, which looks for all live blocks again.
constexpr std::uint64_t kPart = model::BlockQuery::kMost;
/// More parts would take minutes.
constexpr std::uint64_t kMostParts = 16;
/// As many keepers as a table is read to.
constexpr std::size_t kMostKeepers = 200;

/// Puts blocks into a map, in the order of their addresses, with the names of what has them.
class MapOfBlocks {
 public:
  explicit MapOfBlocks(const client::Profile& profile)
      : m_profile(profile), m_functions(profile), m_threads(profile.definitions.threads.size() + 1) {}

  Result<void> add(const model::LiveBlock& block, std::uint64_t atNs) {
    if (model::index(block.pair) >= m_profile.definitions.pairs.size())
      return failure(Code::Corrupt, "blocks", "a pair that was not asked for");
    // A thread may have begun after the profile was got.
    const std::size_t thread = block.thread ? model::index(*block.thread) + 1 : 0;
    const model::Pair& pair = m_profile.definitions.pair(block.pair);
    MapBlock made{.address = block.address,
                  .size = pair.size,
                  .ageNs = atNs > block.atNs ? atNs - block.atNs : 0,
                  .function = m_functions.of(pair.stack),
                  .thread = thread < m_threads.size() ? static_cast<quint32>(thread) : 0,
                  .site = {model::index(pair.stack), static_cast<quint32>(model::index(pair.heap))}};
    if (made.function >= m_bytes.size()) m_bytes.resize(made.function + 1);
    m_bytes[made.function] += pair.size;
    m_threads[made.thread] += pair.size;
    m_builder.add(made);
    return {};
  }

  AddressMap finish() {
    AddressMap map = m_builder.finish();
    for (std::size_t i = 0; i < m_bytes.size(); ++i)
      map.functions.push_back({.name = m_functions.name(static_cast<std::uint32_t>(i)),
                               .filter = m_functions.wholeName(static_cast<std::uint32_t>(i)),
                               .bytes = m_bytes[i]});
    const std::vector<QString> names = threadNamesOf(m_profile.definitions);
    for (std::size_t i = 0; i < m_threads.size(); ++i)
      map.threads.push_back(
          {.name = i == 0 ? QCoreApplication::translate("AddressMap", "unknown") : names[i - 1],
           .filter = {},
           .bytes = m_threads[i]});
    map.areSamples = m_profile.isSampled();
    if (map.keepers.size() > kMostKeepers) map.keepers.resize(kMostKeepers);
    for (PageKeeper& keeper : map.keepers)
      keeper.label = m_functions.label(static_cast<model::StackId>(keeper.site.first));
    return map;
  }

 private:
  const client::Profile& m_profile;
  OwnFunctions m_functions;
  MapBuilder m_builder;
  std::vector<quint64> m_bytes;    ///< By function.
  std::vector<quint64> m_threads;  ///< By thread; the first: unknown.
};

}  // namespace

Result<AddressMap> readAddressMap(client::ProfileSource& source, const std::string& session,
                                  const MapWish& wish, const std::stop_token& stop) {
  auto at = instantOf(source, session, wish.atNs, needsAges(wish.filter), stop);
  if (!at) return tl::unexpected(at.error());
  // Got before the blocks, for their pairs, and after those that a session that goes on has by then.
  auto profile = source.profile(session, {}, stop);
  if (!profile) return tl::unexpected(profile.error());
  model::BlockQuery query{.order = model::BlockOrder::Address, .limit = kPart};
  if (wish.fromNs) query.bornFromNs = *wish.fromNs + 1;
  const auto canPass = applyFilter(query, *at, wish.filter, *profile, BlockHeaps::Malloc);
  if (!canPass) return tl::unexpected(canPass.error());
  if (!*canPass) return AddressMap{};
  MapOfBlocks blocks(*profile);
  std::uint64_t atNs = 0;
  bool isPart = false;
  for (std::uint64_t part = 0;; ++part) {
    const auto found = source.blocks(session, *at, query, stop);
    if (!found) return tl::unexpected(found.error());
    atNs = found->instant.at_ns();
    for (const model::LiveBlock& block : found->blocks.page)
      if (auto added = blocks.add(block, atNs); !added) return tl::unexpected(added.error());
    if (found->blocks.page.size() < kPart || found->blocks.page.empty()) break;
    isPart = part + 1 == kMostParts;
    if (isPart) break;
    query.fromAddress = found->blocks.page.back().address + 1;
    *at = client::When::time(atNs);  // All parts are of one moment.
  }
  AddressMap map = blocks.finish();
  map.atNs = atNs;
  map.isPart = isPart;
  return map;
}

}  // namespace heaptap::gui
