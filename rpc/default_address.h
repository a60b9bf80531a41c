// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace heaptap::rpc {

/// Where a heaptapd listens, and is looked for, when no address is given:
/// unix:$XDG_RUNTIME_DIR/heaptap/collector.sock, or below /tmp with the user's number where that is not set.
[[nodiscard]] std::string defaultAddress();

}  // namespace heaptap::rpc
