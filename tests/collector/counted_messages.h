// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "heaptap/v1/ingest.pb.h"

namespace heaptap::test {

/// The same messages as a relay sends them: batches are counted, and compressed, by its own code.
std::vector<v1::RecordRequest> counted(const v1::Hello& hello,
                                       const std::vector<v1::RecordRequest>& messages);

}  // namespace heaptap::test
