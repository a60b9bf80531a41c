// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace heaptap::wire {

/// The size of a page of memory: the smallest that the kernel maps. The one place that says so.
inline constexpr std::size_t kPage = 4096;

}  // namespace heaptap::wire
