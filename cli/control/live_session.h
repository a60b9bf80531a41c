// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/error.h"
#include "client/profile_source.h"

namespace heaptap::cli {

/// A process id as typed; none: the text is something else.
[[nodiscard]] std::optional<pid_t> processId(const std::string& text);

/// The id of the session of the process's present image, at the collector at `address`, which `source` asks.
/// A process that was just started may be on its way to the collector: that is waited for.
/// Errors: NotFound: it is not recorded there, or not any more; those of the source.
[[nodiscard]] Result<std::string> liveSessionOf(client::ProfileSource& source, pid_t pid,
                                                const std::string& address);

}  // namespace heaptap::cli
