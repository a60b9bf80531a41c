// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>

#include "client/profile_source.h"
#include "gui/models/blocks/address_history.h"

namespace heaptap::gui {

/// What an address has had over time. Errors: of the source; NotFound: the session has no events; Corrupt.
/// Threads: any. One pass over all events.
[[nodiscard]] Result<AddressHistory> readAddress(client::ProfileSource& source, const std::string& session,
                                                 const AddressWish& wish, const std::stop_token& stop);

}  // namespace heaptap::gui
