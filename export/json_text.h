// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace heaptap::exporting {

/// `text` as a string of JSON, with its quotes. Bytes that are not UTF-8 become U+FFFD. What would end a
/// script in an HTML page (`</`, `<!--`) is escaped, too.
[[nodiscard]] std::string jsonText(std::string_view text);

}  // namespace heaptap::exporting
