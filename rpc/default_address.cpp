// SPDX-License-Identifier: Apache-2.0
#include "rpc/default_address.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace heaptap::rpc {
namespace fs = std::filesystem;

std::string defaultAddress() {
  const char* const runtime = std::getenv("XDG_RUNTIME_DIR");
  // XDG Base Directory Specification: what is not absolute is ignored.
  const bool isThere = runtime != nullptr && runtime[0] == '/';
  const fs::path folder =
      isThere ? fs::path(runtime) / "heaptap" : fs::path("/tmp/heaptap-" + std::to_string(getuid()));
  return "unix:" + (folder / "collector.sock").string();
}

}  // namespace heaptap::rpc
