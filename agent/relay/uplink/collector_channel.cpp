// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/uplink/collector_channel.h"

#include "rpc/channel.h"

namespace heaptap::relay {

Result<std::shared_ptr<grpc::Channel>> collectorChannel(const std::string& collector,
                                                        const rpc::KeepAlive& keepAlive) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  rpc::apply(keepAlive, arguments);
  return rpc::openChannel(collector, std::move(arguments));
}

}  // namespace heaptap::relay
