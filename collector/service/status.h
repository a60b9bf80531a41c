// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include "base/error.h"

namespace heaptap::service {

/// The one place where an Error becomes a gRPC status; its message is the error's line.
grpc::Status toStatus(const Error& error);

}  // namespace heaptap::service
