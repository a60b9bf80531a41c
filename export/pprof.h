// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/sink.h"
#include "export/subject.h"

namespace heaptap::exporting {

/// A heap profile of pprof (profile.proto, compressed): a sample for each call site, with the values that its
/// own heap profiles have, and two more: `alloc_objects`, `alloc_space`, `inuse_objects`, `inuse_space`,
/// `peak_space`, `temporary_objects`. The cost chosen is its default_sample_type.
void writePprof(const Subject& subject, Sink& sink);

}  // namespace heaptap::exporting
