// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "base/error.h"
#include "collector/model/block_choice.h"
#include "collector/model/block_query.h"
#include "collector/query/session_view.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::service {

/// Asked now and then: whether the question was withdrawn.
using IsStopped = std::function<bool()>;

/// A session as it was at an instant, or in a stretch of time: all its definitions and names, with the
/// numbers of then.
struct InstantView {
  query::SharedView view;
  v1::InstantReport report;
};

/// What a question about an instant, or a stretch, says: see GetCountsRequest.
struct InstantQuery {
  v1::Instant at;
  std::optional<v1::Instant> from = std::nullopt;
  bool gone = false;
  model::BlockChoice only = {};
};

/// Counts from the session's file. Precondition: what `view` knows of is in it.
/// Errors: NotFound: no such mark, or the events around the instant are not stored; Usage: a stretch that
/// ends before it begins, or an instant after the end; as reading the file; Unavailable: withdrawn.
Result<InstantView> viewAt(const query::SharedView& view, const InstantQuery& query,
                           const IsStopped& isStopped);

/// The blocks that are live at an instant. Errors: likewise; Usage: a page that lies too far behind.
struct BlocksAt {
  model::BlockPage blocks;
  v1::InstantReport report;
};
Result<BlocksAt> blocksAt(const query::SharedView& view, const v1::Instant& at,
                          const model::BlockQuery& query, const IsStopped& isStopped);

/// What lay between two addresses, the second not included, over time. Errors: likewise.
Result<model::AddressHistory> livesAt(const query::SharedView& view, std::uint64_t fromAddress,
                                      std::uint64_t toAddress, std::uint64_t limit,
                                      const IsStopped& isStopped);

}  // namespace heaptap::service
