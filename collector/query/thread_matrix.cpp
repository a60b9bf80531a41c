// SPDX-License-Identifier: Apache-2.0
#include "collector/query/thread_matrix.h"

#include <algorithm>
#include <cmath>

namespace heaptap::query {
namespace {

/// Some hundred kilobytes.
constexpr std::size_t kCellsPerMessage = 16'384;
constexpr std::size_t kPairsPerMessage = 65'536;

std::uint32_t sideOf(std::optional<model::ThreadIndex> thread) {
  return thread ? static_cast<std::uint32_t>(index(*thread)) + 1 : 0;
}

void writeLifetimes(const model::ThreadMatrix& matrix, v1::ThreadMatrixReply& reply) {
  for (const auto& lifetimes : matrix.lifetimes) {
    const auto last =
        std::find_if(lifetimes.rbegin(), lifetimes.rend(), [](auto frees) { return frees != 0; });
    reply.add_lifetimes()->mutable_log2()->Add(lifetimes.begin(), last.base());
  }
}

}  // namespace

model::ThreadMatrixQuery queryOf(const v1::GetThreadMatrixRequest& request) {
  model::ThreadMatrixQuery query;
  if (request.has_after_ns()) query.afterNs = request.after_ns();
  if (request.has_until_ns()) query.untilNs = request.until_ns();
  query.countsPairs = request.counts_pairs();
  for (const std::uint32_t thread : request.thread())
    query.threads.push_back(static_cast<model::ThreadIndex>(thread));
  query.groups.reserve(static_cast<std::size_t>(request.groups_size()));
  for (const v1::PairGroup& group : request.groups()) {
    std::vector<model::PairId>& pairs = query.groups.emplace_back();
    pairs.reserve(static_cast<std::size_t>(group.pair_size()));
    for (const std::uint32_t pair : group.pair()) pairs.push_back(static_cast<model::PairId>(pair));
  }
  return query;
}

std::size_t writeMatrix(const model::ThreadMatrix& matrix, std::size_t first, v1::ThreadMatrixReply& reply) {
  const std::size_t end = std::min(matrix.cells.size(), first + kCellsPerMessage);
  reply.set_known_from_ns(matrix.knownFromNs);
  reply.set_known_until_ns(matrix.knownUntilNs);
  const bool isEstimated = std::any_of(matrix.cells.begin(), matrix.cells.end(), [](const auto& cell) {
    return cell.blocksVariance > 0 || cell.bytesVariance > 0;
  });
  for (std::size_t i = first; i < end; ++i) {
    const model::ThreadCell& cell = matrix.cells[i];
    if (isEstimated) reply.add_blocks_error(std::sqrt(cell.blocksVariance));
    if (isEstimated) reply.add_bytes_error(std::sqrt(cell.bytesVariance));
    reply.add_group(cell.group);
    reply.add_allocated_by(sideOf(cell.allocatedBy));
    reply.add_freed_by(sideOf(cell.freedBy));
    reply.add_blocks(cell.blocks);
    reply.add_bytes(cell.bytes);
  }
  if (end == matrix.cells.size()) writeLifetimes(matrix, reply);
  return end;
}

std::size_t writePairs(const model::ThreadMatrix& matrix, std::size_t first, v1::ThreadMatrixReply& reply) {
  if (!matrix.pairs) return 0;
  const std::size_t end = std::min(matrix.pairs->size(), first + kPairsPerMessage);
  reply.set_known_from_ns(matrix.knownFromNs);
  reply.set_known_until_ns(matrix.knownUntilNs);
  reply.set_has_pairs(true);
  for (std::size_t i = first; i < end; ++i) {
    reply.add_pair(static_cast<std::uint32_t>(index((*matrix.pairs)[i].pair)));
    reply.add_allocations((*matrix.pairs)[i].allocations);
  }
  return end;
}

}  // namespace heaptap::query
