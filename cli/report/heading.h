// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace heaptap::cli {

/// The line above a section of a report: its title, and what it is about (may be empty).
[[nodiscard]] std::string heading(std::string title, const std::string& explanation);

}  // namespace heaptap::cli
