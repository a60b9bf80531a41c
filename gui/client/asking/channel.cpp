// SPDX-License-Identifier: Apache-2.0
#include "gui/client/asking/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <cctype>
#include <string_view>

namespace heaptap::gui {
namespace {

/// A collector keeps its messages far below that.
constexpr int kLargestMessageBytes = 64 << 20;
constexpr int kLeastReconnectMs = 200;
constexpr int kMostReconnectMs = 2'000;

bool isHostAndPort(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == address.size()) return false;
  const std::string_view port = address.substr(colon + 1);
  return port.size() <= 5 && address.find('/') == std::string_view::npos &&
         std::all_of(port.begin(), port.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool isUnixPath(std::string_view address) {
  constexpr std::string_view kPrefix = "unix:";
  return address.starts_with(kPrefix) && address.size() > kPrefix.size();
}

}  // namespace

Result<std::shared_ptr<grpc::Channel>> openChannel(const std::string& address) {
  if (!isUnixPath(address) && !isHostAndPort(address))
    return failure(Code::Usage, address, "not the address of a collector", "give unix:PATH or HOST:PORT");
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kLargestMessageBytes);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kLeastReconnectMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kLeastReconnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMostReconnectMs);
  // A connection of its own: gRPC shares those of equal channels, with the failures of the past.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace heaptap::gui
