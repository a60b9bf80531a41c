// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "collector/model/session_record.h"
#include "collector/query/overview.h"

namespace heaptap::query {

/// A session at one instant, live or stored: what every answer is computed from. Never changes, so that
/// answers are streamed without a lock.
struct SessionView {
  model::SessionRecord record;
  Custody custody;
};

using SharedView = std::shared_ptr<const SessionView>;

}  // namespace heaptap::query
