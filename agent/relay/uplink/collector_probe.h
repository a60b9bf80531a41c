// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace heaptap::relay {

/// Asks whether a collector would take this relay's sessions. For a person who waits: a refused connection
/// fails at once, silence after rpc::kConnectLimit.
/// Errors: Unavailable: nothing answers, or something that is no collector; ProtocolTooNew;
/// NotPermitted: the collector, or TLS, does not let this relay in; as rpc::openChannel().
Result<void> probeCollector(const std::string& collector);

}  // namespace heaptap::relay
