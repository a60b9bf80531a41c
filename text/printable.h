// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace heaptap {
inline namespace text {

/// `text` with line ends and other control characters shown as `\n` or `\x1b`: names of files, functions
/// and commands come from outside, and must neither break a line nor talk to the terminal: U+0080 to U+009F,
/// of which terminals know some as controls, are `\u009b`; likewise what turns the direction of text around
/// (U+202E and its kind), which would show a name as another one, and what ends lines elsewhere. What is not
/// UTF-8 becomes U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

/// Only the last of these: what turns the direction of text around, or ends lines without being a line end,
/// as its code. For texts that are laid out rather than written to a terminal. Precondition: UTF-8.
[[nodiscard]] std::string withoutInvisible(std::string_view text);

}  // namespace text
}  // namespace heaptap
