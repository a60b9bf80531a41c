// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/un.h>

#include <cstdint>
#include <string>

#include "base/error.h"

namespace heaptap {

/// The address of a Unix socket.
/// Errors: Usage when the path is empty or too long.
[[nodiscard]] Result<sockaddr_un> unixAddress(const std::string& path);

/// What is at the path of a Unix socket.
enum class Listener : std::uint8_t {
  None,       ///< Nothing, or nothing that can be connected to.
  Abandoned,  ///< A socket whose process has ended.
  Present,    ///< A process that accepts connections, now or when it has the time.
};
/// Tries to connect, and says nothing. Never blocks.
[[nodiscard]] Listener listenerAt(const std::string& path);

}  // namespace heaptap
