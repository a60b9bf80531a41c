// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace heaptap {

/// Raises this process's own limits as far as it may: what it inherited was meant for a target. A file that
/// is too large, or a pipe without a reader, becomes an error instead of a signal. Threads: the only one.
void loosenInheritedLimits();

/// After that: is there still too little for `who`, a process of heaptap's own, to work at all?
/// Errors: Unavailable, with the limit to raise. Starts some threads for a moment where no limit that can be
/// read says that they may be started.
Result<void> checkInheritedLimits(const std::string& who);

}  // namespace heaptap
