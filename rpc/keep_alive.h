// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/server_builder.h>
#include <grpcpp/support/channel_arguments.h>

#include <chrono>

namespace heaptap::rpc {

/// How a peer that is gone without a word is noticed: a host that lost its power, a connection that a router
/// forgot. Each side asks when it has heard nothing, and breaks the connection when no answer comes. The
/// kernel alone would wait for hours.
struct KeepAlive {
  std::chrono::milliseconds interval{10'000};  ///< gRPC asks at most once a second.
  std::chrono::milliseconds patience{20'000};  ///< For the answer. A peer may be short of processor time.
};

/// For a client: asks while calls are under way.
void apply(const KeepAlive& keepAlive, grpc::ChannelArguments& arguments);
/// For a server: asks likewise, and lets clients ask as often.
void apply(const KeepAlive& keepAlive, grpc::ServerBuilder& builder);

}  // namespace heaptap::rpc
