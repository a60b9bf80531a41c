// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "cli/run/recording.h"

namespace heaptap::cli {

struct RecoverOptions {
  RecordingOptions recording;  ///< With `recover`.
  bool quiet = false;
};

/// `heaptap recover`: stores what a program has left in the file that HEAPTAP_BUFFER named, by the same relay
/// and collector as a run, and prints its summary. Of a session whose collector was killed: makes one plain
/// file of it and what is left beside it. Returns: the exit status.
[[nodiscard]] int recoverCommand(RecoverOptions options);

}  // namespace heaptap::cli
