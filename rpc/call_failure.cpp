// SPDX-License-Identifier: Apache-2.0
#include "rpc/call_failure.h"

#include "rpc/connection.h"
#include "rpc/status.h"

namespace heaptap::rpc {
namespace {

Code codeFor(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::NOT_FOUND: return Code::NotFound;
    case grpc::StatusCode::INVALID_ARGUMENT: return Code::Usage;
    case grpc::StatusCode::ALREADY_EXISTS: return Code::AlreadyExists;
    case grpc::StatusCode::PERMISSION_DENIED: return Code::NotPermitted;
    case grpc::StatusCode::RESOURCE_EXHAUSTED: return Code::StorageFull;
    case grpc::StatusCode::FAILED_PRECONDITION: return Code::SchemaTooNew;
    case grpc::StatusCode::DATA_LOSS: return Code::Corrupt;
    default: return Code::Internal;
  }
}

/// The connection went in the middle of a call: what gRPC makes of that depends on the moment.
bool brokeOff(const grpc::Status& status) {
  const auto says = [&](const char* words) {
    return status.error_message().find(words) != std::string::npos;
  };
  return (status.error_code() == grpc::StatusCode::INTERNAL && says("RST_STREAM")) ||
         (status.error_code() == grpc::StatusCode::UNKNOWN && says("Stream removed"));
}

}  // namespace

Error callFailure(const std::string& address, const grpc::Status& status) {
  // What a collector calls unavailable is so for now: it shuts down, or was told to stop reading.
  if (const auto code = codeIn(status))
    return {*code, address, status.error_message(), {}, /*isPassing=*/*code == Code::Unavailable};
  if (brokeOff(status)) return unanswered(address, {grpc::StatusCode::UNAVAILABLE, status.error_message()});
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::CANCELLED:  // By a collector that shuts down: who cancels a call itself reads no
                                       // status.
    case grpc::StatusCode::DEADLINE_EXCEEDED: return unanswered(address, status);
    case grpc::StatusCode::UNAUTHENTICATED: return notLetIn(address);
    default: return {codeFor(status.error_code()), address, status.error_message(), {}};
  }
}

}  // namespace heaptap::rpc
