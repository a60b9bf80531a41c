// SPDX-License-Identifier: Apache-2.0
#include "collector/service/free_descriptors.h"

#include <dirent.h>
#include <sys/resource.h>

#include <charconv>
#include <limits>
#include <memory>
#include <string_view>
#include <system_error>

namespace heaptap::service {

std::size_t freeDescriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return std::numeric_limits<std::size_t>::max();
  struct Close {
    void operator()(DIR* folder) const { closedir(folder); }
  };
  const std::unique_ptr<DIR, Close> folder(opendir("/proc/self/fd"));
  if (!folder) return 0;  // There is not even one for the folder.
  std::size_t open = 0;
  while (const dirent* entry = readdir(folder.get())) {
    // The limit is of their numbers: what was opened under a higher one takes no place.
    const std::string_view name = entry->d_name;
    std::size_t number = 0;
    const bool isNumber = std::from_chars(name.data(), name.data() + name.size(), number).ec == std::errc();
    if (isNumber && number < limit.rlim_cur && number != static_cast<std::size_t>(dirfd(folder.get())))
      ++open;
  }
  return limit.rlim_cur > open ? static_cast<std::size_t>(limit.rlim_cur) - open : 0;
}

}  // namespace heaptap::service
