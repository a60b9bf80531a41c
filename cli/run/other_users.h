// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace heaptap::cli {

/// Whether users other than the owner, and outside the group, may pass through `folder` and all folders above
/// it. By the mode bits alone: an access control list can allow more.
[[nodiscard]] bool othersMayEnter(const std::filesystem::path& folder);

/// Whether they may read `file`, where it lies.
[[nodiscard]] bool othersMayRead(const std::filesystem::path& file);

}  // namespace heaptap::cli
