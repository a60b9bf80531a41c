// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "analysis/code_list.h"
#include "base/error.h"

/// The user's list of what is the program's own code, which the command line and the viewer share.
namespace heaptap::analysis {

/// Where it is: what HEAPTAP_OWN_CODE names, else heaptap/own-code in the user's folder of settings
/// (XDG_CONFIG_HOME, ~/.config). Empty: nowhere, as there is no such folder, or the variable is empty.
[[nodiscard]] std::string codeListFile();

/// The text of the list; a file that is not there has none. Errors: NotPermitted.
[[nodiscard]] Result<std::string> readCodeListText(const std::string& file);

/// Reads the list, and uses it from now on in all of the process. Errors: NotPermitted; Usage.
[[nodiscard]] Result<void> useCodeListOf(const std::string& file);

}  // namespace heaptap::analysis
