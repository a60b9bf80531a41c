// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace heaptap {
inline namespace text {

/// `text` with each sequence that is not UTF-8 (RFC 3629) replaced by U+FFFD.
[[nodiscard]] std::string validUtf8(std::string_view text);

/// Code points in valid UTF-8: columns on a terminal, near enough for names in code.
[[nodiscard]] std::size_t width(std::string_view text);

/// The first `columns` code points.
[[nodiscard]] std::string_view firstColumns(std::string_view text, std::size_t columns);

/// `text` with blanks up to `columns`, behind it or (for numbers) before it.
[[nodiscard]] std::string padded(std::string_view text, std::size_t columns);
[[nodiscard]] std::string paddedLeft(std::string_view text, std::size_t columns);

}  // namespace text
}  // namespace heaptap
