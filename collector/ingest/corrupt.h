// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "base/error.h"

namespace heaptap::ingest {

/// The error of a message that no relay would send. `message`: what kind of message it is.
inline tl::unexpected<Error> corrupt(std::string message, std::string what) {
  return failure(Code::Corrupt, std::move(message), std::move(what));
}

}  // namespace heaptap::ingest
