// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"
#include "base/unique_fd.h"

namespace heaptap::relay {

/// The right to listen at a socket path, for one relay at a time. Goes with the process, however that ends.
/// The lock file, PATH.lock, stays.
class SocketLock {
 public:
  /// Holds nothing.
  SocketLock() = default;

  /// Waits a moment for a relay that holds the lock, but does not listen: it is coming or going.
  /// Errors: AlreadyExists: a relay listens there. NotWritable.
  static Result<SocketLock> take(const std::string& socketPath);

 private:
  explicit SocketLock(UniqueFd file) : m_file(std::move(file)) {}

  UniqueFd m_file;
};

}  // namespace heaptap::relay
