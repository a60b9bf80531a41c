// SPDX-License-Identifier: Apache-2.0
#include "base/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/unique_fd.h"

namespace heaptap {

Result<std::string> readTextFile(const std::string& file, const std::string& what) {
  constexpr std::size_t kMostBytes = 16U << 20;
  UniqueFd opened;
  int descriptor = STDIN_FILENO;
  bool isPipe = false;
  if (file != "-") {
    // Without waiting for the other end of a pipe, which may never come.
    opened = UniqueFd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!opened)
      return systemFailure(errno == ENOENT || errno == ENOTDIR ? Code::NotFound : Code::NotPermitted, file,
                           "cannot open the " + what);
    struct stat status {};
    if (::fstat(opened.get(), &status) != 0 || S_ISDIR(status.st_mode))
      return failure(Code::NotFound, file, "a folder, expected a " + what);
    (void)::fcntl(opened.get(), F_SETFL, 0);
    isPipe = S_ISFIFO(status.st_mode);
    descriptor = opened.get();
  }
  std::string text;
  std::vector<char> buffer(1U << 16);
  while (true) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    // Of a pipe without another end, this is the same as of one through which nothing came.
    if (count == 0 && isPipe && text.empty())
      return failure(Code::NotFound, file, "nothing was written into this pipe",
                     "start what writes the " + what + " into it first");
    if (count == 0) return text;
    if (count < 0) {
      if (errno == EINTR) continue;
      return systemFailure(Code::NotPermitted, file, "cannot read the " + what);
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > kMostBytes)
      return failure(Code::Usage, file, "larger than 16 MiB, which no " + what + " is");
  }
}

}  // namespace heaptap
