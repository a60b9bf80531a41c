// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <memory>
#include <string>

#include "base/error.h"

namespace heaptap::rpc {

/// A channel to a collector at unix:PATH, HOST:PORT or tls://HOST:PORT, with what is set for it
/// (securityFor()): the one way from every client to every collector. It connects when it is first used. A
/// token goes with each call, and only within TLS, or where it does not leave this machine.
/// Errors: Usage: no address, or files that are none; NotFound, NotPermitted: files that cannot be read, or
/// that others can; NotPermitted: a token would be readable on its way.
[[nodiscard]] Result<std::shared_ptr<grpc::Channel>> openChannel(const std::string& address,
                                                                 grpc::ChannelArguments arguments = {});

}  // namespace heaptap::rpc
