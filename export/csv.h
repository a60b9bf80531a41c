// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/sink.h"
#include "export/subject.h"

namespace heaptap::exporting {

/// A table of the call sites (RFC 4180), those with most bytes at the peak first: their numbers, the place
/// that allocates, and the innermost functions of the stack. Names of columns are in docs/exports.md.
void writeCsv(const Subject& subject, Sink& sink);

}  // namespace heaptap::exporting
