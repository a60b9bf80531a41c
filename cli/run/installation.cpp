// SPDX-License-Identifier: Apache-2.0
#include "cli/run/installation.h"

#include <unistd.h>

#include <string>
#include <system_error>

#include "cli/run/other_users.h"

namespace heaptap::cli {
namespace fs = std::filesystem;

Result<Installation> Installation::find() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error)
    return failure(Code::Internal, "/proc/self/exe", "cannot be read: " + error.message(), "mount /proc");
  const fs::path bin = program.parent_path();
  Installation parts{program, bin / "heaptap-relay",
                     (bin / "../lib/heaptap/libheaptap_preload.so").lexically_normal()};
  for (const fs::path& part : {parts.relay, parts.preload})
    if (access(part.c_str(), part == parts.relay ? X_OK : R_OK) != 0)
      return systemFailure(Code::Unavailable, part.string(), "a part of heaptap is missing",
                           "install heaptap again, or build all of it");
  // The loader splits LD_PRELOAD at blanks and colons and knows no escape (ld.so(8)).
  if (parts.preload.string().find_first_of(" :") != std::string::npos)
    return failure(Code::Unavailable, parts.preload.string(),
                   "a blank or colon in this path keeps LD_PRELOAD from working",
                   "move heaptap to a path without them");
  return parts;
}

std::optional<std::string> Installation::closedToOthers() const {
  const fs::path folder = preload.parent_path();
  for (const char* name : {"libheaptap_preload.so", "libheaptap.so.1", "libheaptap_stand_aside.so"})
    if (!othersMayRead(folder / name))
      return folder.string() +
             ": other users may not read heaptap's libraries there; what COMMAND executes as another user "
             "runs "
             "unrecorded, and the loader says so on its standard error: install heaptap where all may read "
             "it";
  return std::nullopt;
}

}  // namespace heaptap::cli
