// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>

#include "cli/run/recording.h"

namespace heaptap::cli {

/// Where the session of a recording goes, and its names come from: -o, --collector, --max-file, --no-events,
/// --force,
/// --debug-dir, --sysroot, --debuginfod.
void addRecordingTarget(CLI::App& app, RecordingOptions& recording);

/// Throws: CLI::ValidationError, where they contradict each other.
void checkRecordingTarget(RecordingOptions& recording);

}  // namespace heaptap::cli
