// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/model/counts.h"
#include "collector/model/definitions.h"
#include "collector/model/history.h"
#include "collector/model/session_record.h"
#include "collector/query/custody.h"

namespace heaptap::query {

/// A session at one instant, live or stored: what every answer is computed from. Never changes, so that
/// answers are streamed without a lock.
struct SessionView {
  std::uint64_t opened = 0;  ///< Tells one time that a collector opened the session from all others.
  model::Identity identity = {};
  std::optional<model::Ending> ending = std::nullopt;
  std::vector<model::UnrecordedProgram> unrecorded = {};
  model::DefinitionsView definitions = {};  ///< Of the instant, or a later one.
  model::Counts counts = {};
  model::History history = {};
  model::Drops drops = {};
  model::RelayCounters relay = {};
  std::vector<model::Finding> findings = {};  ///< By id.
  Custody custody = {};
};

using SharedView = std::shared_ptr<const SessionView>;

/// All but the counts, copied. Cost: what is copied is small; the definitions are shared.
SessionView viewWithoutCounts(const model::SessionRecord& record, const Custody& custody,
                              std::uint64_t opened);
/// All of it.
SessionView viewOf(const model::SessionRecord& record, const Custody& custody, std::uint64_t opened = 0);

}  // namespace heaptap::query
