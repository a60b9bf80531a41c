// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heaptap {

/// Raises this process's own limits as far as it may: what it inherited was meant for a target. A file that
/// is too large, or a pipe that nobody reads, becomes an error instead of a signal. Threads: the only one.
void loosenInheritedLimits();

}  // namespace heaptap
