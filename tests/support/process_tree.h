// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string_view>

namespace heaptap::test {

/// The child of a process whose command line contains `word`; -1 when there is none.
[[nodiscard]] pid_t childOf(pid_t parent, std::string_view word);

/// Whether a process, not necessarily a child, ends by itself within `limit`. True when it is gone already.
[[nodiscard]] bool endsWithin(pid_t pid, std::chrono::seconds limit);

}  // namespace heaptap::test
