// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "heaptap/v1/query.pb.h"

namespace heaptap::cli {

/// What the blocks left at the end are called: "leaked" once the process has ended by itself, else
/// "live at end", and "live" while it runs.
[[nodiscard]] std::string leftWord(const v1::Summary& summary);

/// "live", "complete" or "cut short".
[[nodiscard]] std::string stateWord(v1::SessionState state);

/// `text` with blanks up to `columns`, behind it or (for numbers) before it.
[[nodiscard]] std::string padded(std::string_view text, std::size_t columns);
[[nodiscard]] std::string paddedLeft(std::string_view text, std::size_t columns);

}  // namespace heaptap::cli
