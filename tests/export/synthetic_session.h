// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "client/profile.h"
#include "heaptap/v1/query.pb.h"

/// Sessions, made up.
namespace heaptap::exporting::test {

/// A complete session: jq, pid 4711, exited 0, 12 blocks leaked.
[[nodiscard]] v1::Summary summary();

/// The session with two sites of jq. Where jv_mem_alloc calls malloc and operator new[], 1,434 times, 10
/// blocks of 24 bytes are left. Where kGrow does, half a million times, none is.
[[nodiscard]] client::Profile twoSites();
inline constexpr const char* kGrow = "std::vector<std::pair<int, std::string>>::grow(int)";

/// Five blocks of 100 bytes, of which two are left.
[[nodiscard]] v1::HeapReport heap(std::uint32_t id, const std::string& name);

}  // namespace heaptap::exporting::test
