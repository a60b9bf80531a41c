// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

namespace heaptap::daemon {

/// Raises this process's limit of file descriptors as far as it may. Returns: how many there may be then; the
/// largest number where there is no limit.
std::size_t raiseDescriptorLimit();

/// For how many sessions at once so many descriptors are enough, where they are few; none for as many as
/// systems usually give.
std::optional<std::size_t> fewSessionsFor(std::size_t descriptors);

}  // namespace heaptap::daemon
