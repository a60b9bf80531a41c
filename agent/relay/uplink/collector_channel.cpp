// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/uplink/collector_channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

namespace heaptap::relay {

std::shared_ptr<grpc::Channel> collectorChannel(const std::string& collector,
                                                const rpc::KeepAlive& keepAlive) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  rpc::apply(keepAlive, arguments);
  return grpc::CreateCustomChannel(collector, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace heaptap::relay
