// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "client/profile_source.h"

namespace heaptap::client {

/// Collects the messages of one answer to GetCounts, and checks them: a collector is believed no more than
/// any other peer. Threads: one at a time. Errors: Corrupt, with `where` as the place.
class CountsReader {
 public:
  /// `before`: the counts of the moment that was handed in with the question; null: none was.
  CountsReader(std::string where, std::shared_ptr<const model::Counts> before)
      : m_where(std::move(where)), m_before(std::move(before)) {}

  Result<void> add(const v1::CountsReply& reply);

  /// The id of the session, as the answer tells it.
  [[nodiscard]] const std::string& session() const { return m_answer.summary.info().id(); }

  struct Answer {
    std::shared_ptr<const model::Counts> counts;
    std::vector<model::PairId> changed;  ///< Ascending; against `before`.
    v1::Summary summary;
    std::optional<v1::CountsMoment> moment;
    std::optional<v1::InstantReport> instant;
  };
  /// `definitions`: got after the counts, so everything in them must be defined.
  Result<Answer> finish(const model::DefinitionsView& definitions);

 private:
  struct Row {
    std::uint32_t pair = 0;
    model::PairCounters counters;
  };
  [[nodiscard]] tl::unexpected<Error> broken(const std::string& what) const;
  Result<void> addPairs(const v1::CountsReply& reply);
  Result<void> addFreeSites(const v1::CountsReply& reply);
  Result<void> checkSums(const model::DefinitionsView& definitions, const model::Counts& counts) const;

  std::string m_where;
  std::shared_ptr<const model::Counts> m_before;
  bool m_begun = false;
  bool m_onlyChanges = false;
  std::uint64_t m_pairs = 0;  ///< That are defined at the moment.
  std::vector<Row> m_rows;
  std::vector<model::FreeSites::Entry> m_freeSites;
  Answer m_answer;
};

}  // namespace heaptap::client
