// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "heaptap/v1/ingest.pb.h"

namespace heaptap {
inline namespace words {

/// What the program called, as it is written in the source: "malloc", "operator new[]", ….
[[nodiscard]] std::string_view originName(v1::Origin origin);

}  // namespace words
}  // namespace heaptap
