// SPDX-License-Identifier: Apache-2.0
#include "collector/query/session_view.h"

namespace heaptap::query {

SessionView viewWithoutCounts(const model::SessionRecord& record, const Custody& custody,
                              std::uint64_t opened) {
  return {.opened = opened,
          .identity = record.identity,
          .ending = record.ending,
          .unrecorded = record.unrecorded,
          .definitions = record.definitions.view(),
          .counts = {},
          .history = record.history(),
          .drops = record.drops,
          .relay = record.relay,
          .findings = record.findings,
          .custody = custody};
}

SessionView viewOf(const model::SessionRecord& record, const Custody& custody, std::uint64_t opened) {
  SessionView view = viewWithoutCounts(record, custody, opened);
  view.counts = record.model.counts();
  return view;
}

}  // namespace heaptap::query
