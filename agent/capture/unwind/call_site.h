// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/include/heaptap/abi.h"

namespace heaptap::capture {

/// Where the program called its allocator: the state of the caller's frame once the entry point has
/// returned. Walks start there, so that no frame of ours has to be walked.
using CallSite = heaptap_call_site;

}  // namespace heaptap::capture
