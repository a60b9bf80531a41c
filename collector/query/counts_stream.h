// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "collector/model/counts_copy.h"
#include "collector/query/session_view.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::query {

/// What an answer has of a view's counts.
struct CountsAnswer {
  SharedView view;
  std::optional<model::Moment> moment = std::nullopt;  ///< None: the counts will not change any more.
  /// By pair: 1 for those that have changed since the caller asked. None: all are in the answer.
  std::optional<std::vector<std::uint8_t>> changed = std::nullopt;
  std::optional<v1::InstantReport> instant = std::nullopt;  ///< That the view is of.
};

/// The moment that a caller hands in again, if it is one of the session as it was opened this time.
std::optional<model::Moment> momentOf(const v1::CountsMoment& message, std::uint64_t opened);

/// The counts of one moment as a stream of messages of bounded size.
/// Owns:    the answer.
/// Threads: one at a time; takes no lock.
class CountsStream {
 public:
  explicit CountsStream(CountsAnswer answer) : m_answer(std::move(answer)) {}

  /// Fills `reply` with the next message; the first one has the summary. False: there is none.
  bool next(v1::CountsReply& reply);

 private:
  void begin(v1::CountsReply& reply) const;

  CountsAnswer m_answer;
  bool m_begun = false;
  std::size_t m_pair = 0;
  std::size_t m_freeSite = 0;
};

}  // namespace heaptap::query
