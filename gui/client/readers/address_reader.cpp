// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/address_reader.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "client/blocks_reader.h"
#include "gui/client/sites/name_texts.h"
#include "gui/client/sites/own_functions.h"
#include "gui/client/sites/thread_names.h"

namespace heaptap::gui {
namespace {

/// Lives in the viewer's words. Each call site is put into words once.
class LifeTexts {
 public:
  explicit LifeTexts(const client::Profile& profile)
      : m_profile(profile), m_functions(profile), m_threads(threadNamesOf(profile.definitions)) {}

  BlockLife life(const model::BlockLife& counted) {
    const model::Pair& pair = m_profile.definitions.pair(counted.block.pair);
    BlockLife life{.bornNs = counted.block.atNs,
                   .freedNs = {},
                   .address = counted.block.address,
                   .size = pair.size,
                   .thread = counted.block.thread ? nameOf(*counted.block.thread) : QString(),
                   .freedBy = {},
                   .freedIn = {},
                   .heap = {},
                   .site = {model::index(pair.stack), static_cast<quint32>(model::index(pair.heap))},
                   .label = labelOf(pair.stack)};
    if (pair.heap != model::kMallocHeap)
      life.heap = readText(m_profile.definitions.heapName(pair.heap)).simplified();
    if (!counted.end) return life;
    life.freedNs = std::max<quint64>(counted.end->atNs, counted.block.atNs);
    life.freedBy = nameOf(counted.end->thread);
    if (counted.end->stack != model::StackId{}) life.freedIn = labelOf(counted.end->stack).function;
    return life;
  }

 private:
  [[nodiscard]] QString nameOf(model::ThreadIndex thread) const {
    return model::index(thread) < m_threads.size() ? m_threads[model::index(thread)] : QString();
  }
  const SiteLabel& labelOf(model::StackId stack) {
    const auto [found, isNew] = m_labels.try_emplace(model::index(stack));
    if (isNew) found->second = m_functions.label(stack);
    return found->second;
  }

  const client::Profile& m_profile;
  OwnFunctions m_functions;
  std::vector<QString> m_threads;
  std::unordered_map<std::size_t, SiteLabel> m_labels;
};

}  // namespace

Result<AddressHistory> readAddress(client::ProfileSource& source, const std::string& session,
                                   const AddressWish& wish, const std::stop_token& stop) {
  const quint64 last = std::numeric_limits<quint64>::max();
  const quint64 address = std::min(wish.address, last - 1);
  const auto found = source.lives(session, address, address + 1, model::BlockQuery::kMost, stop);
  if (!found) return tl::unexpected(found.error());
  // Got after the blocks, so that all that they name is defined.
  const auto profile = source.profile(session, {}, stop);
  if (!profile) return tl::unexpected(profile.error());
  AddressHistory history{.blocks = found->blocks,
                         .knownFromNs = found->knownFromNs,
                         .areSamples = profile->isSampled(),
                         .isCut = found->blocks > found->lives.size()};
  LifeTexts texts(*profile);
  const std::size_t first = found->lives.size() - std::min(found->lives.size(), kMostLives);
  for (std::size_t i = first; i < found->lives.size(); ++i) {
    if (auto checked = client::checkNames(*profile, found->lives[i]); !checked)
      return tl::unexpected(checked.error());
    history.lives.push_back(texts.life(found->lives[i]));
  }
  return history;
}

}  // namespace heaptap::gui
