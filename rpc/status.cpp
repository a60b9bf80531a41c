// SPDX-License-Identifier: Apache-2.0
#include "rpc/status.h"

#include <string>
#include <string_view>

namespace heaptap::rpc {
namespace {

constexpr std::string_view kDetails = "heaptap:";

grpc::StatusCode codeOf(Code code) {
  switch (code) {
    case Code::Internal: return grpc::StatusCode::INTERNAL;
    case Code::Usage: return grpc::StatusCode::INVALID_ARGUMENT;
    case Code::NotFound: return grpc::StatusCode::NOT_FOUND;
    case Code::AlreadyExists: return grpc::StatusCode::ALREADY_EXISTS;
    case Code::NotPermitted: return grpc::StatusCode::PERMISSION_DENIED;
    case Code::StorageFull: return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case Code::Corrupt: return grpc::StatusCode::DATA_LOSS;
    case Code::Unavailable: return grpc::StatusCode::UNAVAILABLE;
    case Code::NotWritable:
    case Code::NotASession:
    case Code::SchemaTooNew:
    case Code::ProtocolTooNew:
    case Code::CannotTrace:
    case Code::CannotExecute: return grpc::StatusCode::FAILED_PRECONDITION;
  }
  return grpc::StatusCode::UNKNOWN;
}

}  // namespace

grpc::Status toStatus(const Error& error) {
  return {codeOf(error.code), error.line(), std::string(kDetails) + std::string(nameOf(error.code))};
}

std::optional<Code> codeIn(const grpc::Status& status) {
  const std::string details = status.error_details();
  if (!details.starts_with(kDetails)) return std::nullopt;
  return codeNamed(std::string_view(details).substr(kDetails.size()));
}

}  // namespace heaptap::rpc
