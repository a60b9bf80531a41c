// SPDX-License-Identifier: Apache-2.0
#include "collector/service/control_service.h"

#include "collector/service/live_session.h"
#include "collector/service/status.h"

namespace heaptap::service {
namespace {

/// A relay that has to wait for room on its way to the collector takes its time.
constexpr std::chrono::seconds kPatience{10};

}  // namespace

grpc::Status ControlService::Command(grpc::ServerContext*, const v1::CommandRequest* request,
                                     v1::CommandReply*) {
  const auto session = m_registry.find(request->session());
  if (!session) return toStatus(session.error());
  auto* live = dynamic_cast<LiveSession*>(session->get());
  if (live == nullptr || live->waitForEnd(std::chrono::milliseconds(0))) {
    return {grpc::StatusCode::NOT_FOUND, request->session() + ": the session is not being recorded"};
  }
  const auto obeyed = live->command(request->command(), kPatience);
  if (obeyed) return grpc::Status::OK;
  // Not UNAVAILABLE: this collector is there.
  if (obeyed.error().code == Code::Unavailable) return {grpc::StatusCode::ABORTED, obeyed.error().line()};
  return toStatus(obeyed.error());
}

}  // namespace heaptap::service
