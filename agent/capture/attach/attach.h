// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heaptap::capture {

/// Finds a relay that records this process, and maps the shared memory; keeps no descriptor. In this order:
/// the relay that HEAPTAP_RELAY names, the file that HEAPTAP_BUFFER names, or else this user's relay, which
/// is started for the collector that HEAPTAP_COLLECTOR names if it does not run. Waits at most two seconds.
/// All variables are read with secure_getenv, and a program that runs with another's rights is never
/// recorded. Called once, at the first event or by the library's constructor, whichever comes first. Returns
/// false when there is none: then the process runs on unrecorded, and obstacle.h knows why.
bool attach();

/// After that: tells the user, where HEAPTAP_VERBOSE is set, and the relay that HEAPTAP_RELAY names.
void tellWhyNot();

}  // namespace heaptap::capture
