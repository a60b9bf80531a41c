// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heaptap::cli {

/// From here on, a fault of this process (SIGSEGV, SIGABRT, …) gives the terminal back as it is now before it
/// ends the process as it would have anyway. Precondition: standard output is a terminal.
void watchFaults();
/// Faults are as they were before.
void forgetFaults();

}  // namespace heaptap::cli
