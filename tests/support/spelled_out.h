// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace heaptap::test {

/// A report as `heaptap report --json` prints it, with every reference followed: `sites`, `leaks` and
/// `heapSites` are arrays of objects, each with its `stack` as an array of frames, and so are the stacks of
/// `findings`. Throws what nlohmann::json throws where the report does not keep to docs/report-json.md.
[[nodiscard]] nlohmann::json spelledOut(const nlohmann::json& report);

/// The same of what was printed. Discarded where that is no JSON.
[[nodiscard]] nlohmann::json reportIn(const std::string& printed);

}  // namespace heaptap::test
