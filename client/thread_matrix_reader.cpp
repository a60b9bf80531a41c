// SPDX-License-Identifier: Apache-2.0
#include "client/thread_matrix_reader.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "client/call.h"

namespace heaptap::client {
namespace {

constexpr std::size_t kMostCells = 1U << 21;

std::optional<model::ThreadIndex> threadOf(std::uint32_t side) {
  if (side == 0) return std::nullopt;
  return static_cast<model::ThreadIndex>(side - 1);
}

/// The square of an error; of one that is no number, nothing.
double varianceOf(double error) { return std::isfinite(error) && error > 0 ? error * error : 0; }

}  // namespace

v1::GetThreadMatrixRequest requestFor(const std::string& session, const model::ThreadMatrixQuery& query) {
  v1::GetThreadMatrixRequest request;
  request.set_session(session);
  if (query.afterNs) request.set_after_ns(*query.afterNs);
  if (query.untilNs) request.set_until_ns(*query.untilNs);
  for (const auto& group : query.groups) {
    v1::PairGroup& pairs = *request.add_groups();
    for (const model::PairId pair : group) pairs.add_pair(static_cast<std::uint32_t>(index(pair)));
  }
  for (const model::ThreadIndex thread : query.threads)
    request.add_thread(static_cast<std::uint32_t>(index(thread)));
  request.set_counts_pairs(query.countsPairs);
  return request;
}

Result<void> ThreadMatrixReader::add(const v1::ThreadMatrixReply& reply) {
  return addCells(reply).and_then([&] { return addPairs(reply); }).and_then([&] {
    return addLifetimes(reply);
  });
}

Result<void> ThreadMatrixReader::addCells(const v1::ThreadMatrixReply& reply) {
  const int cells = reply.group_size();
  const bool hasErrors = reply.blocks_error_size() != 0;
  if (reply.allocated_by_size() != cells || reply.freed_by_size() != cells || reply.blocks_size() != cells ||
      reply.bytes_size() != cells || (hasErrors && reply.blocks_error_size() != cells) ||
      reply.bytes_error_size() != reply.blocks_error_size())
    return brokenAnswer(m_where, "columns of different lengths");
  if (m_matrix.cells.size() + static_cast<std::size_t>(cells) > kMostCells)
    return brokenAnswer(m_where, "more cells than there can be");
  m_matrix.knownFromNs = reply.known_from_ns();
  m_matrix.knownUntilNs = reply.known_until_ns();
  const auto placeOf = [](const model::ThreadCell& cell) {
    return std::tie(cell.group, cell.allocatedBy, cell.freedBy);
  };
  for (int i = 0; i < cells; ++i) {
    const model::ThreadCell cell{.group = reply.group(i),
                                 .allocatedBy = threadOf(reply.allocated_by(i)),
                                 .freedBy = threadOf(reply.freed_by(i)),
                                 .blocks = reply.blocks(i),
                                 .bytes = reply.bytes(i),
                                 .blocksVariance = hasErrors ? varianceOf(reply.blocks_error(i)) : 0,
                                 .bytesVariance = hasErrors ? varianceOf(reply.bytes_error(i)) : 0};
    if (cell.group >= m_groups ||
        (!m_matrix.cells.empty() && placeOf(cell) <= placeOf(m_matrix.cells.back())))
      return brokenAnswer(m_where, "cells that do not ascend, or that nothing was asked about");
    if (cell.blocks > ~std::uint64_t{0} - m_blocks || cell.bytes > ~std::uint64_t{0} - m_bytes)
      return brokenAnswer(m_where, "sums beyond 2^64");
    m_blocks += cell.blocks;
    m_bytes += cell.bytes;
    m_matrix.cells.push_back(cell);
  }
  return {};
}

Result<void> ThreadMatrixReader::addPairs(const v1::ThreadMatrixReply& reply) {
  if (reply.pair_size() != reply.allocations_size())
    return brokenAnswer(m_where, "columns of different lengths");
  if (!reply.has_pairs()) return {};
  if (!m_matrix.pairs) m_matrix.pairs.emplace();
  for (int i = 0; i < reply.pair_size(); ++i) {
    const auto pair = static_cast<model::PairId>(reply.pair(i));
    if (!m_matrix.pairs->empty() && index(pair) <= index(m_matrix.pairs->back().pair))
      return brokenAnswer(m_where, "pairs that do not ascend");
    m_matrix.pairs->push_back({.pair = pair, .allocations = reply.allocations(i)});
  }
  return {};
}

Result<void> ThreadMatrixReader::addLifetimes(const v1::ThreadMatrixReply& reply) {
  for (const v1::GroupLifetimes& message : reply.lifetimes()) {
    auto& lifetimes = m_matrix.lifetimes.emplace_back();
    if (static_cast<std::size_t>(message.log2_size()) > lifetimes.size() ||
        m_matrix.lifetimes.size() > m_groups)
      return brokenAnswer(m_where, "lifetimes that nothing was asked about");
    std::copy(message.log2().begin(), message.log2().end(), lifetimes.begin());
  }
  return {};
}

Result<model::ThreadMatrix> ThreadMatrixReader::finish() {
  if (m_matrix.lifetimes.size() != m_groups) return brokenAnswer(m_where, "lifetimes are missing");
  return std::move(m_matrix);
}

Result<void> checkNames(const Profile& profile, const model::ThreadMatrix& matrix) {
  const std::size_t threads = profile.definitions.threads.size();
  for (const model::ThreadCell& cell : matrix.cells)
    if ((cell.allocatedBy && index(*cell.allocatedBy) >= threads) ||
        (cell.freedBy && index(*cell.freedBy) >= threads))
      return failure(Code::Corrupt, "threads", "a thread that is not defined");
  const std::size_t pairs = profile.definitions.pairs.size();
  if (matrix.pairs && !matrix.pairs->empty() && index(matrix.pairs->back().pair) >= pairs)
    return failure(Code::Corrupt, "threads", "a pair that is not defined");
  return {};
}

}  // namespace heaptap::client
