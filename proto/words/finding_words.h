// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "heaptap/v1/query.pb.h"

namespace heaptap {
inline namespace words {

/// What was wrong, in a few words: "double free", "mismatched free: malloc, then operator delete",
/// "wrong size: sized operator delete of 8 bytes".
[[nodiscard]] std::string findingWords(const v1::FindingReport& finding);
/// The kind in JSON: "doubleFree", ….
[[nodiscard]] std::string_view findingKey(v1::FindingKind kind);

}  // namespace words
}  // namespace heaptap
