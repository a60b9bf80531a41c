// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/thread_reader.h"

#include <utility>

#include "gui/client/sites/stack_filter.h"
#include "gui/client/sites/thread_names.h"

namespace heaptap::gui {
namespace {

template <class Index>
std::optional<quint32> threadOf(const std::optional<Index>& thread) {
  if (!thread) return std::nullopt;
  return static_cast<quint32>(model::index(*thread));
}

}  // namespace

Result<ThreadMatrix> readThreads(client::ProfileSource& source, const std::string& session,
                                 const ThreadWish& wish, const std::stop_token& stop) {
  model::ThreadMatrixQuery query{.afterNs = wish.fromNs, .untilNs = wish.toNs};
  if (!wish.filter.names().isEmpty() || !wish.filter.termsOf(FilterTerm::Of::Size).empty()) {
    const auto profile = source.profile(session, {}, stop);
    if (!profile) return tl::unexpected(profile.error());
    std::vector<model::PairId> pairs = pairsThatPass(*profile, wish.filter);
    if (pairs.empty()) return threadMatrixOf({}, {});
    query.groups.push_back(std::move(pairs));
  }
  const auto counted = source.threadMatrix(session, query, {}, stop);
  if (!counted) return tl::unexpected(counted.error());
  // Got after them, so that all threads have names.
  const auto names = source.description(session, stop);
  if (!names) return tl::unexpected(names.error());
  std::vector<ThreadFlow> flows;
  for (const model::ThreadCell& cell : counted->cells)
    flows.push_back({.allocatedBy = threadOf(cell.allocatedBy),
                     .freedBy = threadOf(cell.freedBy),
                     .sum = {.blocks = cell.blocks,
                             .bytes = cell.bytes,
                             .blocksVariance = cell.blocksVariance,
                             .bytesVariance = cell.bytesVariance}});
  ThreadMatrix matrix = threadMatrixOf(flows, threadNamesOf(names->definitions));
  matrix.areEstimates = names->isSampled();
  matrix.knownFromNs = counted->knownFromNs;
  matrix.knownUntilNs = counted->knownUntilNs;
  return matrix;
}

}  // namespace heaptap::gui
