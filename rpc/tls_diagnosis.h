// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/error.h"

namespace heaptap::rpc {

/// Why gRPC has come to no connection with a process that listens there, as far as TLS is why: gRPC tells no
/// more than that it has failed. Connects once more for it, speaks TLS by hand, and sends nothing else.
/// None: TLS is not why; nothing listens, or it is no address of TCP.
/// Time: at most some seconds with a peer that does not answer.
[[nodiscard]] std::optional<Error> diagnoseTls(const std::string& address);

}  // namespace heaptap::rpc
