// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "base/error.h"
#include "client/profile.h"
#include "collector/model/thread_matrix.h"

namespace heaptap::client {

[[nodiscard]] v1::GetThreadMatrixRequest requestFor(const std::string& session,
                                                    const model::ThreadMatrixQuery& query);

/// Collects the messages of one answer about threads, and checks them. Threads: one at a time.
/// Errors: Corrupt, with `where` as the place.
class ThreadMatrixReader {
 public:
  /// `groups`: that were asked about.
  ThreadMatrixReader(std::string where, std::size_t groups) : m_where(std::move(where)), m_groups(groups) {}

  Result<void> add(const v1::ThreadMatrixReply& reply);
  /// Once all have come.
  Result<model::ThreadMatrix> finish();

 private:
  Result<void> addCells(const v1::ThreadMatrixReply& reply);
  Result<void> addPairs(const v1::ThreadMatrixReply& reply);
  Result<void> addLifetimes(const v1::ThreadMatrixReply& reply);

  std::string m_where;
  std::size_t m_groups;
  std::uint64_t m_blocks = 0;  ///< Of all cells, likewise the next: sums of them fit.
  std::uint64_t m_bytes = 0;
  model::ThreadMatrix m_matrix;
};

/// Whether all threads and pairs of a matrix are defined in a profile. Errors: Corrupt.
[[nodiscard]] Result<void> checkNames(const Profile& profile, const model::ThreadMatrix& matrix);

}  // namespace heaptap::client
