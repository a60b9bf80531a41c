// SPDX-License-Identifier: Apache-2.0
#include "collector/service/control_service.h"

#include "collector/service/live_session.h"
#include "collector/service/status.h"

namespace heaptap::service {

grpc::Status ControlService::Command(grpc::ServerContext*, const v1::CommandRequest* request,
                                     v1::CommandReply*) {
  const auto session = m_registry.find(request->session());
  if (!session) return toStatus(session.error());
  auto* live = dynamic_cast<LiveSession*>(session->get());
  if (live == nullptr || live->waitForEnd(std::chrono::milliseconds(0))) {
    return {grpc::StatusCode::NOT_FOUND, request->session() + ": the session is not being recorded"};
  }
  const auto sent = live->command(request->command());
  return sent ? grpc::Status::OK : toStatus(sent.error());
}

}  // namespace heaptap::service
