// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/manual/command_text.h"

namespace heaptap::cli {

/// A page of the manual in the language of man(7): `heaptap(1)` with the list of commands.
[[nodiscard]] std::string manPage(const CommandText& program, const std::vector<CommandText>& commands);

/// `heaptap-COMMAND(1)`.
[[nodiscard]] std::string manPage(const CommandText& command);

}  // namespace heaptap::cli
