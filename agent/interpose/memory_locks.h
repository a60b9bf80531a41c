// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heaptap::interpose {

/// Makes the system call mlockall for the program's own memory, with errno as libc would leave it. False: the
/// process is not recorded, and nothing was done.
bool lockAllForProgram(int flags, int& result);

}  // namespace heaptap::interpose
