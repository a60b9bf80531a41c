// SPDX-License-Identifier: Apache-2.0
#include "collector/service/control_service.h"

#include "collector/service/live_session.h"
#include "rpc/status.h"

namespace heaptap::service {
namespace {

/// A relay that has to wait for room on its way to the collector takes its time.
constexpr std::chrono::seconds kPatience{10};

}  // namespace

grpc::Status ControlService::Command(grpc::ServerContext*, const v1::CommandRequest* request,
                                     v1::CommandReply*) {
  const auto session = m_registry.find(request->session());
  if (!session) return rpc::toStatus(session.error());
  auto* live = dynamic_cast<LiveSession*>(session->get());
  if (live == nullptr || live->waitForEnd(std::chrono::milliseconds(0))) {
    return rpc::toStatus({Code::NotFound, request->session(), "the session is not being recorded", {}});
  }
  const auto obeyed = live->command(request->command(), kPatience);
  return obeyed ? grpc::Status::OK : rpc::toStatus(obeyed.error());
}

}  // namespace heaptap::service
