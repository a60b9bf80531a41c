// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace heaptap::capture {

/// How this process wants to be recorded, as far as its environment says.
struct Wishes {
  const char* collector = nullptr;   ///< HEAPTAP_COLLECTOR; null leaves that to the relay.
  std::uint64_t sampleInterval = 0;  ///< HEAPTAP_SAMPLE, in bytes; 0: every allocation, or as the relay says.
};

/// Bytes from `4096`, `64K`, `1M`, `2G`, also with `iB` behind the letter: powers of 1024.
/// Errors: 0 for anything else, and for what is above `most`.
std::uint64_t bytesIn(const char* text, std::uint64_t most);

}  // namespace heaptap::capture
