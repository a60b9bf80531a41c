// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/comparison/comparison_subject.h"
#include "export/sink.h"

namespace heaptap::exporting {

/// A differential flame graph as a picture: twice, as wide as functions are after and, below, as they were
/// before, so that what is new and what is gone can be seen. Red has grown, blue has shrunk.
void writeDiffSvg(const ComparisonSubject& subject, Sink& sink);

}  // namespace heaptap::exporting
