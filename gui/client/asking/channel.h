// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "base/error.h"

namespace heaptap::gui {

/// A channel to a collector at `unix:PATH`, `HOST:PORT` or `tls://HOST:PORT`. It connects when it is first used, and again
/// within two seconds whenever the collector comes back.
/// Errors: Usage: an address of another form; as rpc::openChannel().
[[nodiscard]] Result<std::shared_ptr<grpc::Channel>> openChannel(const std::string& address);

}  // namespace heaptap::gui
