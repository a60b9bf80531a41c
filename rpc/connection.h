// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <string>

#include "base/error.h"

namespace heaptap::rpc {

/// How long a person at a terminal waits for a collector that does not answer at all.
inline constexpr std::chrono::seconds kConnectLimit{10};

/// Waits until the channel is connected. A refused connection fails at once, a silent peer after the limit.
/// Errors: Unavailable, or NotPermitted where TLS does not come about; the address is what the channel was
/// opened for.
Result<void> connect(grpc::Channel& channel, const std::string& address,
                     std::chrono::milliseconds limit = kConnectLimit);

/// What to tell about a call to a collector that failed before the collector itself could answer: no process
/// listens there any more, or one that is no collector, or TLS does not come about.
Error unanswered(const std::string& address, const grpc::Status& status);

/// What to tell about a call that was refused for want of a token, or of the right one.
Error notLetIn(const std::string& address);

}  // namespace heaptap::rpc
