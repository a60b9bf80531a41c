// SPDX-License-Identifier: Apache-2.0
#include "collector/daemon/exposure.h"

#include <arpa/inet.h>

namespace heaptap::daemon {

bool isLocal(const std::string& address) {
  if (address.starts_with("unix:")) return true;
  std::string host = address.substr(0, address.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

Result<void> checkExposure(const std::string& address, bool insecure) {
  if (insecure || isLocal(address)) return {};
  return failure(Code::NotPermitted, address,
                 "others could reach this address, and nothing there is encrypted",
                 "use unix:PATH or 127.0.0.1:PORT, reach it through ssh -L, or say --insecure");
}

}  // namespace heaptap::daemon
