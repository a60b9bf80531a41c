// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace heaptap {

/// The content of a file of at most 16 MiB; `-` is standard input. `what` is what is expected: "policy".
/// Errors: NotFound, NotPermitted; Usage: it is larger.
[[nodiscard]] Result<std::string> readTextFile(const std::string& file, const std::string& what);

}  // namespace heaptap
