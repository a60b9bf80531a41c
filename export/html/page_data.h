// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/subject.h"
#include "export/writer.h"

namespace heaptap::exporting {

/// What the page shows, as JSON that may stand in a script of HTML.
void writePageData(const Subject& subject, Writer& out);

}  // namespace heaptap::exporting
