// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "client/profile_source.h"

namespace heaptap::gui {

/// The instant that live blocks are asked of. Without a time: now, or the end of the session, which is later
/// than its last event: blocks grow older until then. `isTime`: as a time, also where it is now. Errors: of
/// the source.
[[nodiscard]] Result<v1::Instant> instantOf(client::ProfileSource& source, const std::string& session,
                                            const std::optional<std::uint64_t>& atNs, bool isTime,
                                            const std::stop_token& stop);

}  // namespace heaptap::gui
