// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace heaptap {
inline namespace text {

/// A field of CSV between quotes, in one line: control characters are shown. A name that a spreadsheet would
/// compute gets an apostrophe before it.
[[nodiscard]] std::string csvField(std::string_view text);

}  // namespace text
}  // namespace heaptap
