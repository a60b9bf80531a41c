// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/sink.h"
#include "export/subject.h"

namespace heaptap::exporting {

/// A profile of callgrind, which KCachegrind and callgrind_annotate read: what each function allocates itself
/// and in those that it calls, in all costs; the one chosen comes first.
void writeCallgrind(const Subject& subject, Sink& sink);

}  // namespace heaptap::exporting
