// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>

#include "client/profile_source.h"
#include "gui/models/address_map/address_map.h"

namespace heaptap::gui {

/// Where the live blocks of malloc's heap are. They are fetched in parts, by address, and only their sums are
/// kept. Errors: of the source; Corrupt. Threads: any.
[[nodiscard]] Result<AddressMap> readAddressMap(client::ProfileSource& source, const std::string& session,
                                                const MapWish& wish, const std::stop_token& stop);

}  // namespace heaptap::gui
