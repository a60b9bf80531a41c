// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace heaptap::relay {

/// Processors that this process may use at the same time: those it may run on, or what its control group
/// grants it (cpu.max, cpu.cfs_quota_us), whichever is less; at least one.
[[nodiscard]] unsigned availableCores();
/// The same, of a file system that is elsewhere: what its groups grant, in whole processors. 0: no limit.
[[nodiscard]] unsigned grantedCores(const std::filesystem::path& root);

/// Of those, how many no thread of the machine wants just now. In a container, where others' threads are
/// counted, too, it may be more than none says.
/// Cost: some microseconds.
[[nodiscard]] unsigned idleCores();

}  // namespace heaptap::relay
