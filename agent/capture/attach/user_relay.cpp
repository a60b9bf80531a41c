// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/attach/user_relay.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "agent/capture/attach/relay_socket.h"
#include "agent/capture/attach/relay_start.h"
#include "agent/capture/system/environment.h"
#include "agent/capture/system/kernel.h"
#include "agent/capture/system/short_text.h"

namespace heaptap::capture {
namespace {

constexpr long kPauseNs = 2'000'000;

using SocketPath = ShortText<sizeof(sockaddr_un::sun_path)>;

// The folder of this user's sockets, the same as heaptapd's.
void appendFolder(SocketPath& path) {
  const char* runtime = environmentVariable("XDG_RUNTIME_DIR");
  // The XDG specification: relative paths are to be ignored.
  if (runtime != nullptr && *runtime == '/') return path.append(runtime).append("/heaptap"), void();
  path.append("/tmp/heaptap-").append(kernel::effectiveUser());
}

// In /tmp any user may have made a folder of this name.
Obstacle inspectFolder(const char* path) {
  struct stat status {};
  if (arch::systemCall(SYS_newfstatat, AT_FDCWD, kernel::asWord(path), kernel::asWord(&status),
                       AT_SYMLINK_NOFOLLOW) != 0)
    return Obstacle::NoListener;
  const bool ours = S_ISDIR(status.st_mode) && status.st_uid == kernel::effectiveUser() &&
                    (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  return ours ? Obstacle::None : Obstacle::AnotherUser;
}

bool mayComeUpYet(Obstacle why) { return why == Obstacle::NoListener || why == Obstacle::HungUp; }

}  // namespace

wire::Header* requestMemoryOfUserRelay(const Wishes& wishes, std::uint64_t deadlineNs, Obstacle& why) {
  SocketPath path;
  appendFolder(path);
  why = inspectFolder(path.text());
  const bool asked = wishes.collector != nullptr;
  path.append("/relay.sock");
  if (!path.whole()) why = Obstacle::LongPath;
  wire::Header* header = nullptr;
  if (why == Obstacle::None) header = requestMemory(path.text(), wishes, deadlineNs, why);
  if (!asked && why == Obstacle::NoListener) why = Obstacle::NotAsked;
  if (header != nullptr || !asked || !mayComeUpYet(why)) return header;

  why = startRelay(path.text(), wishes.collector);
  if (why != Obstacle::None) return nullptr;
  // The folder is inspected by the relay, which makes it, and the relay by its credentials.
  do {
    kernel::sleep(kPauseNs);
    header = requestMemory(path.text(), wishes, deadlineNs, why);
  } while (header == nullptr && mayComeUpYet(why) && kernel::monotonicNs() < deadlineNs);
  return header;
}

}  // namespace heaptap::capture
