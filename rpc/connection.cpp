// SPDX-License-Identifier: Apache-2.0
#include "rpc/connection.h"

#include "rpc/address.h"
#include "rpc/client_security.h"
#include "rpc/tls_diagnosis.h"

namespace heaptap::rpc {
namespace {

constexpr const char* kRemedy =
    "check the address (HOST:PORT, tls://HOST:PORT or unix:PATH), and that heaptapd runs";

}  // namespace

Result<void> connect(grpc::Channel& channel, const std::string& address, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::system_clock::now() + limit;
  grpc_connectivity_state state = channel.GetState(true);
  while (state != GRPC_CHANNEL_READY) {
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE || state == GRPC_CHANNEL_SHUTDOWN) {
      if (auto why = diagnoseTls(address)) return tl::unexpected(std::move(*why));
      return tl::unexpected(
          Error{Code::Unavailable, address, "no collector answers there", kRemedy, /*isPassing=*/true});
    }
    if (!channel.WaitForStateChange(state, deadline)) {
      const std::string seconds = std::to_string(std::chrono::ceil<std::chrono::seconds>(limit).count());
      return tl::unexpected(Error{Code::Unavailable, address, "no answer within " + seconds + " s", kRemedy,
                                  /*isPassing=*/true});
    }
    state = channel.GetState(true);
  }
  return {};
}

Error unanswered(const std::string& address, const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      if (auto why = diagnoseTls(address)) return *why;
      [[fallthrough]];
    case grpc::StatusCode::CANCELLED:
      return {Code::Unavailable, address, "the collector has gone", "check that heaptapd runs", true};
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return {Code::Unavailable, address, "the collector does not answer", "check that heaptapd runs", true};
    default: return {Code::Unavailable, address, "what answers there is no collector of heaptap", kRemedy};
  }
}

Error notLetIn(const std::string& address) {
  const auto security = securityFor(address);
  if (security && !security->tokenFile.empty())
    return {Code::NotPermitted, address, "the collector does not know the token in " + security->tokenFile,
            "ask for one that is in its own file of tokens"};
  return {Code::NotPermitted, address, "the collector wants a token",
          "say --token-file FILE, or set HEAPTAP_TOKEN_FILE"};
}

}  // namespace heaptap::rpc
