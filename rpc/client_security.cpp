// SPDX-License-Identifier: Apache-2.0
#include "rpc/client_security.h"

#include <cstdlib>
#include <filesystem>

#include "rpc/collectors_file.h"

namespace heaptap::rpc {

void giveSetting(const SecuritySetting& setting, const std::string& value) {
  std::error_code error;
  std::string given = value;
  if (setting.isFile && !value.empty()) {
    const std::filesystem::path absolute = std::filesystem::absolute(value, error);
    if (!error) given = absolute.string();
  }
  ::setenv(setting.variable, given.c_str(), 1);
}

void anchorSettings() {
  for (const SecuritySetting& setting : kSecuritySettings)
    if (const char* const value = std::getenv(setting.variable)) giveSetting(setting, value);
}

Result<ClientSecurity> securityFor(const std::string& address) {
  auto collectors = readCollectors();
  if (!collectors) return tl::unexpected(std::move(collectors.error()));
  ClientSecurity security;
  if (const auto found = collectors->find(address); found != collectors->end()) security = found->second;
  for (const SecuritySetting& setting : kSecuritySettings) {
    const char* const value = std::getenv(setting.variable);
    if (value != nullptr && *value != '\0') security.*setting.member = value;
  }
  return security;
}

}  // namespace heaptap::rpc
