// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "agent/relay/message_sink.h"
#include "agent/relay/module_import.h"
#include "agent/relay/stack_import.h"

namespace heaptap::relay {

/// Looks up the names of all frames of a session and sends them, a few hundred kilobytes at a time.
/// Takes seconds with large binaries; frames about which nothing is known are left out.
void sendSymbols(const std::vector<Frame>& frames, const std::vector<Module>& modules, MessageSink& sink);

}  // namespace heaptap::relay
