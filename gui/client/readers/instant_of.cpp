// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/instant_of.h"

namespace heaptap::gui {

Result<v1::Instant> instantOf(client::ProfileSource& source, const std::string& session,
                              const std::optional<std::uint64_t>& atNs, bool isTime,
                              const std::stop_token& stop) {
  if (atNs) return client::When::time(*atNs);
  const auto summary = source.summary(session, stop);
  if (!summary) return tl::unexpected(summary.error());
  if (summary->info().state() != v1::SESSION_LIVE && summary->info().has_duration_ns())
    return client::When::time(summary->info().duration_ns());
  if (!isTime) return v1::Instant();
  const auto now = source.blocks(session, {}, {.limit = 1}, stop);
  if (!now) return tl::unexpected(now.error());
  return client::When::time(now->instant.at_ns());
}

}  // namespace heaptap::gui
