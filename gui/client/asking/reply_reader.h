// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "gui/models/sessions/summary.h"
#include "gui/models/timeline/timeline.h"
#include "heaptap/v1/query.pb.h"

/// From what a collector says to what the viewer shows. A collector is not trusted: an answer that breaks
/// its own rules, or is larger than any session can be, is refused.
namespace heaptap::gui {

[[nodiscard]] Session readSession(const v1::SessionInfo& info);
[[nodiscard]] Summary readSummary(const v1::Summary& reply);
[[nodiscard]] LiveStatus readStatus(const v1::Status& reply);

/// Errors: Corrupt.
[[nodiscard]] Result<Timeline> readTimeline(const v1::Timeline& reply);

/// What to say of an answer that breaks its own rules.
[[nodiscard]] tl::unexpected<Error> brokenAnswer(const std::string& what);

/// A standard error: at least nothing, whatever was sent.
[[nodiscard]] double readError(double error);

/// What a summary says about over-allocation.
[[nodiscard]] inline Slack readSlack(const v1::Summary& reply) {
  Slack slack;
  if (reply.has_allocated_slack_bytes()) slack.allocated = reply.allocated_slack_bytes();
  if (reply.has_live_slack_bytes()) slack.live = reply.live_slack_bytes();
  if (reply.has_peak_slack_bytes()) slack.peak = reply.peak_slack_bytes();
  return slack;
}

}  // namespace heaptap::gui
