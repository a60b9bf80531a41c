// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "base/error.h"

namespace heaptap::rpc {

/// What to tell about a call to a collector that failed: in the collector's own words where it has answered,
/// else that none answers. `address` is for its line.
/// Errors: the counterpart of what the service's statuses mean; Unavailable without an answer. Of what is
/// Unavailable, isPassing is set but where no collector of heaptap answers at all.
[[nodiscard]] Error callFailure(const std::string& address, const grpc::Status& status);

}  // namespace heaptap::rpc
