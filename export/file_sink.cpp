// SPDX-License-Identifier: Apache-2.0
#include "export/file_sink.h"

#include <fcntl.h>
#include <sys/sendfile.h>
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

/// A file in the folder of `target` that has no name yet: nothing is left of it when the process dies. None:
/// the file system has no such files.
UniqueFd withoutName(const fs::path& target) {
  const fs::path folder = target.parent_path().empty() ? fs::path(".") : target.parent_path();
  return UniqueFd(open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kMode));
}

/// Makes a hidden file beside `target`, under the first name that is free, which is put into `name`.
/// `make(name)` returns a descriptor, or -1 with errno. None: it could not be made; errno says why.
template <class Make>
UniqueFd besides(const fs::path& target, fs::path& name, Make&& make) {
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    const fs::path candidate =
        target.parent_path() / ("." + target.filename().string().substr(0, 200) + "." +
                                std::to_string(getpid()) + "." + std::to_string(attempt));
    UniqueFd made(make(candidate.c_str()));
    if (made) name = candidate;
    if (made || errno != EEXIST) return made;
  }
  return {};
}

int openNew(const char* name) { return open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode); }

/// Recordings are databases of SQLite: what is written here never takes the place of one, as it would where a
/// user mixes up two arguments.
bool isDatabase(const fs::path& file) {
  constexpr std::string_view kBegin = "SQLite format 3";
  char begin[kBegin.size()] = {};
  const UniqueFd opened(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  return opened && pread(opened.get(), begin, sizeof begin, 0) == sizeof begin &&
         std::string_view(begin, sizeof begin) == kBegin;
}

tl::unexpected<Error> cannotOpen(const fs::path& file) {
  return systemFailure(codeOf(errno), file.string(), "cannot be written");
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
  if (exists && isDatabase(file))
    return failure(Code::AlreadyExists, file.string(),
                   "this is a session, which is not replaced by another file", "choose another name");
  // Behind a symbolic link the file is replaced, not the link.
  std::error_code ignored;
  const fs::path real = exists ? fs::canonical(file, ignored) : file;
  const fs::path target = real.empty() ? file : real;
  std::unique_ptr<FileSink> sink(new FileSink(target, {}, withoutName(target)));
  sink->m_isWithoutName = static_cast<bool>(sink->m_descriptor);
  if (!sink->m_isWithoutName) sink->m_descriptor = besides(target, sink->m_temporary, openNew);
  if (!sink->m_descriptor) return cannotOpen(file);
  if (exists) (void)!fchmod(sink->m_descriptor.get(), status.st_mode & 07777);
  return sink;
}

FileSink::~FileSink() {
  if (!m_temporary.empty()) unlink(m_temporary.c_str());
}

bool FileSink::giveName() {
  const std::string link = "/proc/self/fd/" + std::to_string(m_descriptor.get());
  const UniqueFd named = besides(m_file, m_temporary, [&](const char* name) {
    return linkat(AT_FDCWD, link.c_str(), AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 ? dup(m_descriptor.get())
                                                                                  : -1;
  });
  if (named) return true;
  // No /proc, or a file system that makes such files and then has no name for them.
  UniqueFd copy = besides(m_file, m_temporary, openNew);
  struct stat status {};
  if (!copy || fstat(m_descriptor.get(), &status) != 0) return false;
  (void)!fchmod(copy.get(), status.st_mode & 07777);
  constexpr std::size_t kPart = 1U << 30;
  for (off_t done = 0; done < status.st_size;)
    if (sendfile(copy.get(), m_descriptor.get(), &done, kPart) <= 0) return false;
  m_descriptor = std::move(copy);
  return true;
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
                       "could not be written");
}

Result<void> FileSink::finish() {
  if (m_error == 0 && m_isWithoutName && !giveName()) m_error = errno;
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
