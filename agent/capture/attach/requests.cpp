// SPDX-License-Identifier: Apache-2.0
//
// What the program itself asks for, by heaptap.h.
#include <string.h>

#include "agent/capture/record/connection.h"
#include "agent/capture/record/gate.h"
#include "agent/capture/record/record_events.h"
#include "agent/include/heaptap.h"
#include "agent/include/heaptap/abi.h"

namespace {

using namespace heaptap::capture;
namespace wire = heaptap::wire;

std::uint32_t isRecording() {
  constexpr std::uint32_t kOff = wire::kControlPaused | wire::kControlPausedByProgram | wire::kControlStopped;
  return (g_connection.header->control.load(std::memory_order_relaxed) & kOff) == 0 ? 1 : 0;
}

}  // namespace

std::uint32_t heaptap_request(std::uint32_t what, const char* name) noexcept {
  if (!isOpen()) return 0;
  std::atomic<std::uint32_t>& control = g_connection.header->control;
  switch (what) {
    case HEAPTAP_REQUEST_IS_RECORDING: return isRecording();
    case HEAPTAP_REQUEST_PAUSE:
      // Together: a thread that sees that nothing is recorded sees that it was ever so.
      control.fetch_or(wire::kControlPausedByProgram | wire::kControlEverPaused);
      return 1;
    case HEAPTAP_REQUEST_RESUME: control.fetch_and(~wire::kControlPausedByProgram); return 1;
    case HEAPTAP_REQUEST_MARK:
    case HEAPTAP_REQUEST_SNAPSHOT:
      if (name == nullptr) return 0;
      recordMark(name, strnlen(name, wire::kMaxMarkBytes), what == HEAPTAP_REQUEST_SNAPSHOT);
      return 1;
    default: return 0;  // From a later version of the header.
  }
}
