// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "heaptap/v1/query.pb.h"

namespace heaptap::cli {

/// The sizes a site allocates: a line for each bucket, with a bar.
[[nodiscard]] std::string sizeHistogramText(const v1::Site& site, std::size_t indent);

}  // namespace heaptap::cli
