// SPDX-License-Identifier: Apache-2.0
#include "rpc/address.h"

#include <arpa/inet.h>

#include <algorithm>

namespace heaptap::rpc {

std::string targetOf(std::string_view address) {
  return std::string(isTls(address) ? address.substr(kTls.size()) : address);
}

std::optional<HostAndPort> hostAndPort(std::string_view address) {
  const std::string target = targetOf(address);
  const std::size_t colon = target.rfind(':');
  if (isUnix(target) || colon == std::string::npos || target.find('/') != std::string::npos)
    return std::nullopt;
  HostAndPort parts{.host = target.substr(0, colon), .port = target.substr(colon + 1)};
  if (parts.host.starts_with('[') && parts.host.ends_with(']'))
    parts.host = parts.host.substr(1, parts.host.size() - 2);
  const bool isPort =
      !parts.port.empty() && parts.port.size() <= 5 &&
      std::all_of(parts.port.begin(), parts.port.end(), [](char each) { return each >= '0' && each <= '9'; });
  if (parts.host.empty() || !isPort) return std::nullopt;
  return parts;
}

bool isLocal(std::string_view address) {
  if (isUnix(address)) return true;
  const auto parts = hostAndPort(address);
  if (!parts) return false;
  if (parts->host == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, parts->host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, parts->host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace heaptap::rpc
