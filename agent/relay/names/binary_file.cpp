// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/names/binary_file.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <map>
#include <utility>

#include "agent/relay/target/target_process.h"

namespace heaptap::relay {
namespace {

/// All such files of this process, whose descriptors they share.
struct Register {
  std::mutex mutex;
  std::multimap<wire::FileIdentity, std::weak_ptr<BinaryFile>> files;
  std::size_t kept = 0;
  const BinaryFile::Budget budget = BinaryFile::Budget::of(limit());

  static std::size_t limit() {
    rlimit files{};
    return getrlimit(RLIMIT_NOFILE, &files) == 0 ? static_cast<std::size_t>(files.rlim_cur) : 1024;
  }
};

Register& theRegister() {
  static Register all;
  return all;
}

}  // namespace

wire::FileIdentity identityOf(const UniqueFd& file) {
  struct stat status {};
  if (!file || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
          static_cast<std::uint64_t>(status.st_mtim.tv_sec) * 1'000'000'000 +
              static_cast<std::uint64_t>(status.st_mtim.tv_nsec)};
}

std::shared_ptr<BinaryFile> BinaryFile::known(const wire::FileIdentity& identity) {
  Register& all = theRegister();
  const std::lock_guard lock(all.mutex);
  const auto [begin, end] = all.files.equal_range(identity);
  for (auto item = begin; item != end; ++item)
    if (auto file = item->second.lock()) return file;
  return nullptr;
}

std::shared_ptr<BinaryFile> BinaryFile::keep(UniqueFd file, Way way) {
  const bool isReopenable = !way.path.empty();
  std::shared_ptr<BinaryFile> binary = later(identityOf(file), std::move(way));
  Register& all = theRegister();
  const std::lock_guard lock(all.mutex);
  if (all.kept >= (isReopenable ? all.budget.reopenable : all.budget.all)) return binary;
  ++all.kept;
  binary->m_file = std::move(file);
  return binary;
}

std::shared_ptr<BinaryFile> BinaryFile::later(const wire::FileIdentity& identity, Way way) {
  std::shared_ptr<BinaryFile> binary(new BinaryFile(identity, std::move(way)));
  Register& all = theRegister();
  const std::lock_guard lock(all.mutex);
  all.files.emplace(identity, binary);
  return binary;
}

BinaryFile::~BinaryFile() {
  Register& all = theRegister();
  const std::lock_guard lock(all.mutex);
  if (m_file) --all.kept;
  const auto [begin, end] = all.files.equal_range(m_identity);
  for (auto item = begin; item != end;)
    item = item->second.expired() ? all.files.erase(item) : std::next(item);
}

UniqueFd BinaryFile::open(bool orAnother) const {
  if (!m_file && m_way.path.empty()) {
    errno = EMFILE;
    return {};
  }
  UniqueFd file =
      m_file ? UniqueFd(fcntl(m_file.get(), F_DUPFD_CLOEXEC, 3)) : openBelow(*m_way.root, m_way.path);
  if (!file || orAnother || identityOf(file) == m_identity) return file;
  errno = ESTALE;
  return {};
}

}  // namespace heaptap::relay
