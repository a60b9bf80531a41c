// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/wire/buffer_file.h"

namespace heaptap::capture {

/// Writes down what this process is: ids, command line, executable, working folder, host, start. What cannot
/// be found out stays empty.
void describeProcess(wire::BufferPreamble& preamble);

}  // namespace heaptap::capture
