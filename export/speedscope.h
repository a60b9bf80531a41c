// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/sink.h"
#include "export/subject.h"

namespace heaptap::exporting {

/// A file of https://www.speedscope.app: the call tree as a profile that enters and leaves functions, with
/// the cost in place of time.
void writeSpeedscope(const Subject& subject, Sink& sink);

}  // namespace heaptap::exporting
