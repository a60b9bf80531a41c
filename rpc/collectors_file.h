// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "base/error.h"
#include "rpc/client_security.h"

namespace heaptap::rpc {

/// What each user keeps for collectors, by address: a TOML file that all clients read and the viewer writes.
///
///     ["tls://build-host:4317"]
///     tls-ca = "/etc/heaptap/ca.pem"
///     token-file = "build-host.token"
///
/// Names of files are relative to its folder. It holds no secret itself.
using Collectors = std::map<std::string, ClientSecurity>;

/// $XDG_CONFIG_HOME/heaptap/collectors.toml, or below ~/.config. Empty: this user has no home.
[[nodiscard]] std::string collectorsFile();

/// Empty where there is no file. Errors: Usage: it is no such file, with line and column; NotPermitted.
[[nodiscard]] Result<Collectors> readCollectors();

/// Keeps `security` for `address`, in place of what was kept for it; all empty: nothing is. The rest stays,
/// but for comments. Readers find the old file or the new one. Errors: as readCollectors(); NotWritable.
[[nodiscard]] Result<void> keepSecurity(const std::string& address, const ClientSecurity& security);

}  // namespace heaptap::rpc
