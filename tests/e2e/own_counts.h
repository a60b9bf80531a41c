// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace heaptap::test {

/// What a recorded program that counts says of itself, of what it did in `counted::`.
struct OwnCounts {
  long allocations = -1;
  long frees = -1;
};
[[nodiscard]] OwnCounts ownCounts(const std::string& output);

/// Fails unless a report agrees with itself: allocations - frees = live, in the summary and over all sites.
void expectConservation(const nlohmann::json& report);
/// Fails unless a report of such a program has exactly what the program did: each event was recorded, or
/// counted as dropped.
void expectOwnCounts(const nlohmann::json& report, const OwnCounts& own);

}  // namespace heaptap::test
