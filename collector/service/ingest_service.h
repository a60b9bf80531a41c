// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "collector/service/recorder.h"
#include "heaptap/v1/ingest.grpc.pb.h"

namespace heaptap::service {

/// Receives the streams of relays. One thread of gRPC's for each stream.
class IngestService final : public v1::Ingest::Service {
 public:
  explicit IngestService(Recorder& recorder) : m_recorder(recorder) {}

  grpc::Status Preflight(grpc::ServerContext* context, const v1::PreflightRequest* request,
                         v1::PreflightReply* reply) override;
  grpc::Status Record(grpc::ServerContext* context, ReplyStream::Stream* stream) override;

 private:
  grpc::Status record(grpc::ServerContext& context, ReplyStream::Stream& stream,
                      const std::shared_ptr<LiveSession>& session, std::uint32_t protocol);

  Recorder& m_recorder;
};

}  // namespace heaptap::service
