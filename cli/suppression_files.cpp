// SPDX-License-Identifier: Apache-2.0
#include "cli/suppression_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/unique_fd.h"

namespace heaptap::cli {
namespace {

constexpr std::size_t kMostBytes = 16U << 20;

Result<std::string> contentOf(const std::string& file) {
  UniqueFd opened;
  int descriptor = STDIN_FILENO;
  if (file != "-") {
    // Without waiting for a pipe's other end, which may never come.
    opened = UniqueFd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!opened)
      return systemFailure(errno == ENOENT || errno == ENOTDIR ? Code::NotFound : Code::NotPermitted, file,
                           "cannot open the suppressions");
    struct stat status {};
    if (::fstat(opened.get(), &status) != 0 || S_ISDIR(status.st_mode))
      return failure(Code::NotFound, file, "a folder, expected a file of suppressions");
    (void)::fcntl(opened.get(), F_SETFL, 0);
    descriptor = opened.get();
  }
  std::string text;
  std::array<char, 1U << 16> buffer{};
  for (;;) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count == 0) return text;
    if (count < 0) {
      if (errno == EINTR) continue;
      return systemFailure(Code::NotPermitted, file, "cannot read the suppressions");
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > kMostBytes)
      return failure(Code::Usage, file, "larger than 16 MiB, which no file of suppressions is");
  }
}

}  // namespace

Result<analysis::Suppressions> readSuppressions(const SuppressionOptions& options) {
  analysis::Suppressions suppressions(builtInOf(options));
  for (const std::string& file : options.files) {
    auto added =
        contentOf(file).and_then([&](const std::string& text) { return suppressions.add(file, text); });
    if (!added) return tl::unexpected(std::move(added.error()));
  }
  return suppressions;
}

}  // namespace heaptap::cli
