// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "heaptap/v1/query.pb.h"

namespace heaptap {
inline namespace words {

/// What the blocks left at the end are called: "leaked" once the process has ended by itself, else
/// "live at end", and "live" while it runs.
[[nodiscard]] std::string leftWord(const v1::Summary& summary);

/// "live", "complete" or "cut short".
[[nodiscard]] std::string stateWord(v1::SessionState state);
/// The same in JSON; empty: unknown.
[[nodiscard]] std::string_view stateKey(v1::SessionState state);

}  // namespace words
}  // namespace heaptap
