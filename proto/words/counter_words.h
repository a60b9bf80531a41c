// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "heaptap/v1/query.pb.h"

namespace heaptap {
inline namespace words {

/// A number of the summary that is said as it is: one of base/relay_counters.def.
struct CounterWords {
  std::uint64_t (v1::Summary::*value)() const;
  std::string_view key;      ///< In JSON.
  std::string_view label;    ///< Of its line in the report; empty: it has none of its own.
  std::string_view meaning;  ///< What follows the number there.
};
/// In the order in which they are said.
[[nodiscard]] std::span<const CounterWords> counterWords();

}  // namespace words
}  // namespace heaptap
