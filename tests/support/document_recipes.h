// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace heaptap::test {

/// The shell commands of a page: the lines of each block that begins with ```sh.
[[nodiscard]] std::vector<std::vector<std::string>> recipesOf(const std::filesystem::path& page);

}  // namespace heaptap::test
