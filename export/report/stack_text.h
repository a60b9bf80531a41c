// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "client/stack_lines.h"
#include "export/report/layout.h"

namespace heaptap::exporting {

/// The stack, innermost frame first, a frame a line: function, then file:line (module).
[[nodiscard]] std::string stackText(const std::vector<client::StackLine>& lines, NameStyle style,
                                    std::size_t indent);

/// The stack in one line: its innermost functions, as many as fit.
[[nodiscard]] std::string stackLabel(const std::vector<client::StackLine>& lines, NameStyle style,
                                     std::size_t columns);

}  // namespace heaptap::exporting
