// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace heaptap::daemon {

/// Whether only this machine can reach an address: a Unix socket, or loopback.
bool isLocal(const std::string& address);

/// Refuses addresses that others can reach: there is no encryption and no authentication, and a session tells
/// much about the program. `insecure`: the user has said that this is fine.
/// Errors: NotPermitted.
Result<void> checkExposure(const std::string& address, bool insecure);

}  // namespace heaptap::daemon
