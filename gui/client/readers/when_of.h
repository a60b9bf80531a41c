// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "client/when.h"
#include "gui/models/sessions/time_choice.h"

namespace heaptap::gui {

/// What a source is asked for the heap at a time with.
[[nodiscard]] inline client::When whenOf(const TimeChoice& time) {
  if (time.isNow()) return {};
  client::When when{.at = client::When::time(*time.atNs)};
  if (time.isStretch()) when.from = client::When::time(*time.fromNs);
  when.gone = time.isStretch() && time.of == TimeChoice::Of::Gone;
  return when;
}

}  // namespace heaptap::gui
