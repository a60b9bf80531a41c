// SPDX-License-Identifier: Apache-2.0
#include "gui/client/asking/channel.h"

#include <grpcpp/support/channel_arguments.h>

#include <string_view>
#include <utility>

#include "rpc/address.h"
#include "rpc/channel.h"

namespace heaptap::gui {
namespace {

/// A collector keeps its messages far below that.
constexpr int kLargestMessageBytes = 64 << 20;
constexpr int kLeastReconnectMs = 200;
constexpr int kMostReconnectMs = 2'000;

bool isUnixPath(std::string_view address) {
  constexpr std::string_view kPrefix = "unix:";
  return address.starts_with(kPrefix) && address.size() > kPrefix.size();
}

}  // namespace

Result<std::shared_ptr<grpc::Channel>> openChannel(const std::string& address) {
  if (!isUnixPath(address) && !rpc::hostAndPort(address))
    return failure(Code::Usage, address, "not the address of a collector",
                   std::string("give ") + rpc::kAddressForms);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kLargestMessageBytes);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kLeastReconnectMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kLeastReconnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMostReconnectMs);
  // A connection of its own: gRPC shares those of equal channels, with the failures of the past.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return rpc::openChannel(address, std::move(arguments));
}

}  // namespace heaptap::gui
