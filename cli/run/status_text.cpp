// SPDX-License-Identifier: Apache-2.0
#include "cli/run/status_text.h"

#include <cmath>

#include "export/report/layout.h"
#include "text/quantity.h"

namespace heaptap::cli {

std::optional<double> AllocationRate::update(const v1::Status& status,
                                             std::chrono::steady_clock::time_point now) {
  const std::chrono::duration<double> passed = now - m_at;
  std::optional<double> rate;
  if (m_any && passed.count() > 0 && status.allocations() >= m_allocations)
    rate = static_cast<double>(status.allocations() - m_allocations) / passed.count();
  m_any = true;
  m_allocations = status.allocations();
  m_at = now;
  return rate;
}

std::string statusText(const v1::Status& status, std::optional<double> allocationsPerSecond) {
  std::string text = "heaptap: " + formatBytes(status.live_bytes()) +
                     exporting::bytesError(status.live_bytes_error()) + " live in " +
                     formatNumberOf(status.live_blocks(), "block") + ", peak " +
                     formatBytes(status.peak_bytes());
  if (allocationsPerSecond)
    text += ", " + formatCount(static_cast<std::uint64_t>(std::llround(*allocationsPerSecond))) +
            " allocations/s";
  if (status.dropped_events() != 0) text += ", " + formatCount(status.dropped_events()) + " events DROPPED";
  if (status.has_paused_since_ns()) text += ", recording PAUSED";
  return text;
}

}  // namespace heaptap::cli
