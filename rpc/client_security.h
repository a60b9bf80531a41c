// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>

#include "base/error.h"

namespace heaptap::rpc {

/// With what a client goes to one collector. All are file names, but for the server's; empty: none.
struct ClientSecurity {
  std::string ca = {};           ///< Who may sign the collector's certificate; empty: whom the system trusts.
  std::string certificate = {};  ///< The client's own, where the collector wants one.
  std::string key = {};
  std::string serverName = {};  ///< In the collector's certificate, in place of the address's host.
  std::string tokenFile = {};

  bool operator==(const ClientSecurity&) const = default;
};

/// One of them, as it is called everywhere: --tls-ca FILE on command lines, HEAPTAP_TLS_CA in the
/// environment, tls-ca in the file of collectors.
struct SecuritySetting {
  const char* name;
  const char* variable;
  std::string ClientSecurity::*member;
  bool isFile;
  const char* description;
};
inline constexpr std::array<SecuritySetting, 5> kSecuritySettings{{
    {"tls-ca", "HEAPTAP_TLS_CA", &ClientSecurity::ca, true,
     "Certificates (PEM) of who signs the collector's; default: whom the system trusts"},
    {"tls-certificate", "HEAPTAP_TLS_CERTIFICATE", &ClientSecurity::certificate, true,
     "Own certificate (PEM) for a collector that wants one"},
    {"tls-key", "HEAPTAP_TLS_KEY", &ClientSecurity::key, true, "Its private key (PEM)"},
    {"tls-server-name", "HEAPTAP_TLS_SERVER_NAME", &ClientSecurity::serverName, false,
     "Name in the collector's certificate, where it is not the address's host"},
    {"token-file", "HEAPTAP_TOKEN_FILE", &ClientSecurity::tokenFile, true,
     "File whose first line is the token for the collector"},
}};

/// Sets a variable for this process, and so for those that it starts, as an option of the command line does.
/// A file's name becomes absolute. Threads: before there are others.
void giveSetting(const SecuritySetting& setting, const std::string& value);
/// Makes the names of files in the environment absolute, for a process that is about to change its folder.
/// Threads: before there are others.
void anchorSettings();

/// What is set for this address: by the environment (or options), else by the file of collectors.
/// Errors: as readCollectors().
[[nodiscard]] Result<ClientSecurity> securityFor(const std::string& address);

}  // namespace heaptap::rpc
