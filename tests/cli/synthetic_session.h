// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "heaptap/v1/query.pb.h"

/// Answers of a query service, made up.
namespace heaptap::cli::test {

/// A complete session: jq, pid 4711, exited 0, 12 blocks leaked.
[[nodiscard]] v1::Summary summary();

/// A site whose innermost frame is `function`, called by main, in jq.
[[nodiscard]] v1::Site site(const std::string& function);

}  // namespace heaptap::cli::test
