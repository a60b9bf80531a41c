// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/uplink/collector_probe.h"

#include <chrono>

#include "agent/relay/uplink/collector_channel.h"
#include "agent/relay/uplink/uplink.h"
#include "heaptap/v1/ingest.grpc.pb.h"
#include "rpc/connection.h"
#include "rpc/status.h"

namespace heaptap::relay {

Result<void> probeCollector(const std::string& collector) {
  const auto deadline = std::chrono::system_clock::now() + rpc::kConnectLimit;
  const auto channel = collectorChannel(collector, {});
  if (!channel) return tl::unexpected(channel.error());
  if (auto connected = rpc::connect(**channel, collector); !connected) return connected;
  grpc::ClientContext context;
  context.set_deadline(deadline);
  v1::PreflightRequest request;
  request.set_protocol(kProtocol);
  v1::PreflightReply reply;
  const auto status = v1::Ingest::NewStub(*channel)->Preflight(&context, request, &reply);
  if (status.ok()) return {};
  if (const auto code = rpc::codeIn(status)) return failure(*code, collector, status.error_message());
  if (status.error_code() == grpc::StatusCode::FAILED_PRECONDITION)
    return failure(Code::ProtocolTooNew, collector, status.error_message());
  if (status.error_code() == grpc::StatusCode::UNAUTHENTICATED)
    return tl::unexpected(rpc::notLetIn(collector));
  return tl::unexpected(rpc::unanswered(collector, status));
}

}  // namespace heaptap::relay
