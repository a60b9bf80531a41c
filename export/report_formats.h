// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/sink.h"
#include "export/subject.h"

namespace heaptap::exporting {

/// The reports of `heaptap report`, as it prints them without further options; of a snapshot, the heap then.
void writeTextReport(const Subject& subject, Sink& sink);
void writeJsonReport(const Subject& subject, Sink& sink);

}  // namespace heaptap::exporting
