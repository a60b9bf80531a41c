// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "export/cost.h"

namespace heaptap::exporting::test {

/// The records of a CSV file (RFC 4180), the header first.
[[nodiscard]] std::vector<std::vector<std::string>> csvRecords(const std::string& text);

/// Adds up what an export has of a cost, as a reader of the format would. None: the format does not have this
/// cost. Fails for a format that it does not know.
[[nodiscard]] std::optional<std::uint64_t> sumIn(std::string_view format, const std::string& exported,
                                                 Cost cost);

}  // namespace heaptap::exporting::test
