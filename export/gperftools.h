// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/sink.h"
#include "export/subject.h"

namespace heaptap::exporting {

/// A heap profile of gperftools, in text, with its symbols: for google-pprof, which does not read those of the
/// newer pprof. Live and allocated objects and bytes of each stack; with the cost `peak`, those at the peak are
/// the live ones.
void writeGperftools(const Subject& subject, Sink& sink);

}  // namespace heaptap::exporting
