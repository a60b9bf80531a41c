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

/// Five blocks of 100 bytes, of which two are left.
[[nodiscard]] v1::HeapReport heap(std::uint32_t id, const std::string& name);

}  // namespace heaptap::cli::test
