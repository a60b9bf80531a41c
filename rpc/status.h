// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include <optional>

#include "base/error.h"

/// Errors on their way through gRPC, whose codes are fewer than ours: the name of ours travels in the
/// trailing metadata, as the status's details.
namespace heaptap::rpc {

/// For the side that answers. The status's message is the error's line.
[[nodiscard]] grpc::Status toStatus(const Error& error);

/// For the side that asked: the code that the collector meant; none if it said none, for it is another
/// program, an older one, or gRPC itself speaks.
[[nodiscard]] std::optional<Code> codeIn(const grpc::Status& status);

}  // namespace heaptap::rpc
