// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/connection.h"

#include "agent/capture/record/clock.h"

namespace heaptap::capture {

// Together, as each event reads both.
constinit Connection g_connection;
constinit Clock g_clock;

}  // namespace heaptap::capture
