// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "rpc/server_security.h"

namespace heaptap::daemon {

/// Refuses addresses that others can reach, unless TLS is spoken there and strangers are kept out: a session
/// tells much about the program. `insecure`: the user has said that this is fine. Tokens that would be
/// readable are refused all the same: no client sends any.
/// Errors: NotPermitted.
Result<void> checkExposure(const std::string& address, const rpc::ServerSecurity& security, bool insecure);

}  // namespace heaptap::daemon
