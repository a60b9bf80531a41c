// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace heaptap::relay {

/// Where programs that were not started by `heaptap run` look for this user's relay:
/// $XDG_RUNTIME_DIR/heaptap/relay.sock, or /tmp/heaptap-UID/relay.sock where that is not set. The same as in
/// agent/capture/attach/user_relay.h.
std::string userSocket();

/// Makes the folder of the socket, for this user only, if it is not there.
/// Errors: NotWritable; NotPermitted: the folder is another user's, or others may write to it.
Result<void> makeSocketFolder(const std::string& socketPath);

}  // namespace heaptap::relay
