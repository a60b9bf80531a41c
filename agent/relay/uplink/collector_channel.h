// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "base/error.h"
#include "rpc/keep_alive.h"

namespace heaptap::relay {

/// A connection of its own to a collector: a shared one would keep back-off times of its own.
/// Errors: as rpc::openChannel().
[[nodiscard]] Result<std::shared_ptr<grpc::Channel>> collectorChannel(const std::string& collector,
                                                                      const rpc::KeepAlive& keepAlive);

}  // namespace heaptap::relay
