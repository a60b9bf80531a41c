// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/unique_fd.h"

namespace heaptap::service {

/// The path of a `unix:PATH` address; empty for `HOST:PORT`.
std::string unixPathOf(const std::string& address);

/// Whether one can listen there. Errors: Usage (makes no sense), AlreadyExists (a process listens, or the
/// path is something else than a socket), NotWritable (no such folder).
Result<void> checkAddress(const std::string& address);

/// The sockets of one address.
struct ListeningSockets {
  std::string address;  ///< With the port that was chosen.
  std::vector<UniqueFd>
      sockets;  ///< More than one where a host name has several addresses. They never block.

  /// Which file a Unix socket is; empty path: it is none.
  struct Entry {
    std::string path = {};
    dev_t device = 0;
    ino_t inode = 0;
  } entry = {};
};

/// Removes the file of a Unix socket, unless another one has taken its place.
void removeEntry(const ListeningSockets::Entry& entry);

/// Listens at `unix:PATH`, in place of a socket that was left there, or at `HOST:PORT`, at each address that
/// the name has. The mode of a Unix socket is that of the process's umask. Precondition:
/// checkAddress(address). Errors: AlreadyExists: one cannot listen there.
Result<ListeningSockets> listenAt(const std::string& address);

}  // namespace heaptap::service
