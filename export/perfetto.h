// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/sink.h"
#include "export/subject.h"

namespace heaptap::exporting {

/// A trace with one heap profile, as heapprofd makes them, for https://ui.perfetto.dev.
void writePerfetto(const Subject& subject, Sink& sink);

}  // namespace heaptap::exporting
