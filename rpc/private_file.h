// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <string>

#include "base/error.h"

namespace heaptap::rpc {

/// Reads a file of keys or tokens. `status`: of what was read; null: not wanted.
/// Errors: NotPermitted: it cannot be read; or others can, whom it gives the same rights: anyone but its
/// owner, and where root owns it also those of its group, as Debian's group ssl-cert. NotFound. Usage: no
/// plain file, or beyond all measure.
[[nodiscard]] Result<std::string> readPrivateFile(const std::string& path, struct stat* status = nullptr);

/// Reads a file that may be known, as certificates. Errors: the same, but for who can read it.
[[nodiscard]] Result<std::string> readPublicFile(const std::string& path);

}  // namespace heaptap::rpc
