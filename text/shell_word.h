// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heaptap {
inline namespace text {

/// `word` so that a shell reads it back as one word; quoted only when it must be. The result is printable:
/// what is not, and what is not UTF-8, is written as bash, zsh and ksh read it (POSIX.1-2024): `$'a\nb\377'`.
[[nodiscard]] std::string shellWord(std::string_view word);

/// A command line of such words.
[[nodiscard]] std::string shellLine(const std::vector<std::string>& words);

}  // namespace text
}  // namespace heaptap
