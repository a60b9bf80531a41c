// SPDX-License-Identifier: Apache-2.0
#include "export/file_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace heaptap::exporting {
namespace fs = std::filesystem;
namespace {

constexpr mode_t kMode = 0666;  // Less what the caller's umask takes away.
constexpr int kMostAttempts = 100;

Code codeOf(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT: return Code::StorageFull;
    case EACCES:
    case EPERM:
    case EROFS: return Code::NotPermitted;
    case ENOENT:
    case ENOTDIR: return Code::NotFound;
    default: return Code::NotWritable;
  }
}

tl::unexpected<Error> cannotOpen(const fs::path& file) {
  const int error = errno;
  errno = error;
  return systemFailure(codeOf(error), file.string(), "cannot be written");
}

}  // namespace

Result<std::unique_ptr<FileSink>> FileSink::create(const fs::path& file) {
  struct stat status {};
  const bool exists = stat(file.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) {
    UniqueFd direct(open(file.c_str(), O_WRONLY | O_CLOEXEC));
    if (!direct) return cannotOpen(file);
    return std::unique_ptr<FileSink>(new FileSink(file, {}, std::move(direct)));
  }
  if (exists && access(file.c_str(), W_OK) != 0) return cannotOpen(file);
  // Behind a symbolic link the file is replaced, not the link.
  std::error_code ignored;
  const fs::path real = exists ? fs::canonical(file, ignored) : file;
  const fs::path target = real.empty() ? file : real;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    const fs::path temporary =
        target.parent_path() / ("." + target.filename().string().substr(0, 200) + "." +
                                std::to_string(getpid()) + "." + std::to_string(attempt));
    UniqueFd descriptor(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode));
    if (!descriptor && errno == EEXIST) continue;
    if (!descriptor) return cannotOpen(file);
    if (exists) (void)!fchmod(descriptor.get(), status.st_mode & 07777);
    return std::unique_ptr<FileSink>(new FileSink(target, temporary, std::move(descriptor)));
  }
  errno = EEXIST;
  return cannotOpen(file);
}

FileSink::~FileSink() {
  if (!m_temporary.empty()) unlink(m_temporary.c_str());
}

void FileSink::write(std::string_view bytes) {
  while (m_error == 0 && !bytes.empty()) {
    const ssize_t written = ::write(m_descriptor.get(), bytes.data(), bytes.size());
    if (written >= 0)
      bytes.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      m_error = errno;
  }
}

Result<void> FileSink::failed(int error) const {
  errno = error;
  const Code code = codeOf(error);
  return systemFailure(code == Code::NotFound ? Code::NotWritable : code, m_file.string(),
                       "the export could not be written");
}

Result<void> FileSink::finish() {
  // What the file system has no room for, or no connection, some say only when the file is closed.
  const int last = dup(m_descriptor.get());
  m_descriptor.reset();
  if ((last < 0 || close(last) != 0) && m_error == 0) m_error = errno;
  if (m_error != 0) return failed(m_error);
  if (m_temporary.empty()) return {};
  if (rename(m_temporary.c_str(), m_file.c_str()) != 0) return failed(errno);
  m_temporary.clear();
  return {};
}

}  // namespace heaptap::exporting
