// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/capture/attach/obstacle.h"
#include "agent/capture/attach/wishes.h"
#include "agent/wire/layout.h"

namespace heaptap::capture {

/// Makes the file that HEAPTAP_BUFFER names (wire/buffer_file.h) and maps it; keeps no descriptor.
/// In `pattern`, %p stands for the process id and %% for a percent sign. An existing file is left alone: .1,
/// .2 and so on is added. Its space is reserved on the disk, within the limits of this process, before
/// anything is written, so that no write can raise SIGXFSZ or SIGBUS.
/// Units:  `poolSize` is HEAPTAP_BUFFER_SIZE: bytes for events, with K, M or G behind; null: 64 MiB.
/// Errors: null, and why; no file is left behind then.
wire::Header* makeBufferFile(const char* pattern, const char* poolSize, const Wishes& wishes, Obstacle& why);

}  // namespace heaptap::capture
