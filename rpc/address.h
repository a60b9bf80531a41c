// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace heaptap::rpc {

/// Where TLS is spoken: this, and HOST:PORT.
inline constexpr std::string_view kTls = "tls://";
/// The forms of an address, for messages.
inline constexpr const char* kAddressForms = "unix:PATH, HOST:PORT or tls://HOST:PORT";

[[nodiscard]] inline bool isTls(std::string_view address) { return address.starts_with(kTls); }
[[nodiscard]] inline bool isUnix(std::string_view address) { return address.starts_with("unix:"); }

/// The two parts of HOST:PORT or tls://HOST:PORT.
struct HostAndPort {
  std::string host;  ///< Without the brackets of an IPv6 address.
  std::string port;
};
/// None: an address of another form.
[[nodiscard]] std::optional<HostAndPort> hostAndPort(std::string_view address);

/// What gRPC calls it: the same, without tls://.
[[nodiscard]] std::string targetOf(std::string_view address);

/// Only processes of this machine can be at the other end: a Unix socket, or an address of the loopback.
[[nodiscard]] bool isLocal(std::string_view address);

}  // namespace heaptap::rpc
