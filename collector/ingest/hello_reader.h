// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/error.h"
#include "collector/model/session_record.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// Whether a relay that speaks up to `protocol` can be understood. Errors: ProtocolTooNew, Corrupt.
Result<void> checkProtocol(std::uint32_t protocol);

/// Checks a Hello and returns the program image that is recorded. Errors: ProtocolTooNew, Corrupt.
Result<model::Identity> readHello(const v1::Hello& hello);

}  // namespace heaptap::ingest
