// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "rpc/client_security.h"

namespace heaptap::rpc {

/// Adds the settings of kSecuritySettings to a command line (CLI::App), in the group of that name. They are
/// read where a channel is opened, in this process and in those that it starts.
template <class App>
void addSecurityOptions(App& app, const std::string& group) {
  for (const SecuritySetting& setting : kSecuritySettings)
    app.template add_option_function<std::string>(
           std::string("--") + setting.name,
           [&setting](const std::string& value) { giveSetting(setting, value); }, setting.description)
        ->type_name(setting.isFile ? "FILE" : "NAME")
        ->group(group);
}

}  // namespace heaptap::rpc
