// SPDX-License-Identifier: Apache-2.0
#include "cli/report/source_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/unique_fd.h"

namespace heaptap::cli {
namespace {

constexpr off_t kMostBytes = 4 << 20;
constexpr std::size_t kMostFiles = 64;

std::int64_t changedAtNs(const struct stat& status) {
  return status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
}

}  // namespace

const SourceFiles::File& SourceFiles::fileAt(const std::string& path) {
  if (m_files.size() >= kMostFiles && !m_files.contains(path)) m_files.clear();
  const auto [found, isNew] = m_files.try_emplace(path);
  File& file = found->second;
  if (!isNew) return file;
  // Non-blocking: the path may be that of a pipe, which then is not read either.
  const UniqueFd opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!opened || ::fstat(opened.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      status.st_size > kMostBytes)
    return file;
  file.text.resize(static_cast<std::size_t>(status.st_size));
  std::size_t have = 0;
  while (have < file.text.size()) {
    const ssize_t count = ::read(opened.get(), file.text.data() + have, file.text.size() - have);
    if (count <= 0) break;
    have += static_cast<std::size_t>(count);
  }
  file.text.resize(have);
  file.changedAtNs = changedAtNs(status);
  file.isThere = true;
  return file;
}

std::optional<exporting::SourceLine> SourceFiles::line(const client::StackLine& place) {
  const std::string path(place.file);
  if (!path.starts_with('/') || path.find('\0') != std::string::npos || place.line == 0) return std::nullopt;
  const File& file = fileAt(path);
  if (!file.isThere) return std::nullopt;
  std::size_t start = 0;
  for (std::uint32_t line = 1; line < place.line; ++line) {
    start = file.text.find('\n', start);
    if (start == std::string::npos) return std::nullopt;
    ++start;
  }
  exporting::SourceLine result;
  result.text = file.text.substr(start, std::min(file.text.find('\n', start), file.text.size()) - start);
  result.text.erase(0, std::min(result.text.find_first_not_of(" \t"), result.text.size()));
  while (!result.text.empty() && (result.text.back() == '\r' || result.text.back() == ' '))
    result.text.pop_back();
  std::replace(result.text.begin(), result.text.end(), '\t', ' ');
  if (result.text.empty()) return std::nullopt;
  struct stat binary {};
  if (place.module.empty() || ::stat(std::string(place.module).c_str(), &binary) != 0)
    result.doubt = "the binary is not here: the source may be of another version";
  else if (changedAtNs(binary) < file.changedAtNs)
    result.doubt = "the source has changed since the program was built";
  return result;
}

}  // namespace heaptap::cli
