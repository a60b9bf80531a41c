// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "heaptap/v1/ingest.pb.h"

namespace heaptap {
inline namespace words {

/// What there is to say of events that were dropped.
struct DropWords {
  std::string_view key;     ///< In JSON.
  std::string_view cause;   ///< "were dropped because …"
  std::string_view remedy;  ///< What the user can do, a sentence without its end.
};
[[nodiscard]] DropWords dropWords(v1::DropReason reason);

}  // namespace words
}  // namespace heaptap
