// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "collector/service/session_registry.h"
#include "heaptap/v1/control.grpc.pb.h"

namespace heaptap::service {

/// Passes commands on to the relays of live sessions.
class ControlService final : public v1::Control::Service {
 public:
  explicit ControlService(SessionRegistry& registry) : m_registry(registry) {}

  grpc::Status Command(grpc::ServerContext* context, const v1::CommandRequest* request,
                       v1::CommandReply* reply) override;

 private:
  SessionRegistry& m_registry;
};

}  // namespace heaptap::service
