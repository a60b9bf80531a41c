// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "base/error.h"

namespace heaptap::daemon {

/// A time as people write it: a number and s, min, h, d or w ("90min", "12h", "30d"). Errors: Usage.
Result<std::chrono::seconds> parseAge(const std::string& text);

}  // namespace heaptap::daemon
