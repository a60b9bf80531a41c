// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace heaptap::service {

/// The path of a `unix:PATH` address; empty for `HOST:PORT`.
std::string unixPathOf(const std::string& address);

/// Whether one can listen there. Errors: Usage (makes no sense), AlreadyExists (somebody listens, or the
/// path is something else than a socket), NotWritable (no such folder).
Result<void> checkAddress(const std::string& address);

}  // namespace heaptap::service
