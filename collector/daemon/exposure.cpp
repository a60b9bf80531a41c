// SPDX-License-Identifier: Apache-2.0
#include "collector/daemon/exposure.h"

#include "rpc/address.h"

namespace heaptap::daemon {

Result<void> checkExposure(const std::string& address, const rpc::ServerSecurity& security, bool insecure) {
  if (rpc::isLocal(address)) return {};
  if (security.hasTokens() && !security.isTls())
    return failure(Code::NotPermitted, address,
                   "others could reach this address, and tokens would be readable on their way",
                   "give --tls-certificate and --tls-key, too");
  if (insecure || (security.isTls() && security.asksWho())) return {};
  if (security.isTls())
    return failure(Code::NotPermitted, address,
                   "others could reach this address, and nobody is asked who he is",
                   "give --token-file or --tls-client-ca, or say --insecure");
  return failure(Code::NotPermitted, address,
                 "others could reach this address, and nothing there is encrypted",
                 "give --tls-certificate, --tls-key and --token-file, or use unix:PATH or 127.0.0.1:PORT and "
                 "reach it through ssh -L, or say --insecure");
}

}  // namespace heaptap::daemon
