// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/binary_names.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <iterator>

namespace heaptap::relay {

BinaryNames::Binary::Binary(const Module& module)
    : m_file(fcntl(module.file.get(), F_DUPFD_CLOEXEC, 0)),
      m_handle(m_resolver.addModule(
          {"/proc/self/fd/" + std::to_string(m_file.get()), module.path, module.buildId})) {}

std::vector<symbols::SourceLine> BinaryNames::Binary::at(std::uint64_t fileAddress) {
  const std::lock_guard lock(m_mutex);
  return m_resolver.resolve(m_handle, fileAddress);
}

std::shared_ptr<BinaryNames::Binary> BinaryNames::of(const Module& module) {
  struct stat file {};
  if (!module.file || fstat(module.file.get(), &file) != 0) return nullptr;
  const Key key{file.st_dev,
                file.st_ino,
                static_cast<std::uint64_t>(file.st_size),
                static_cast<std::uint64_t>(file.st_mtim.tv_sec) * 1'000'000'000 +
                    static_cast<std::uint64_t>(file.st_mtim.tv_nsec),
                module.path,
                module.buildId};
  const std::lock_guard lock(m_mutex);
  Entry& entry = m_entries[key];
  if (!entry.binary) entry.binary = std::make_shared<Binary>(module);
  entry.lastUse = Clock::now();
  return entry.binary;
}

void BinaryNames::forgetUnused(Clock::time_point now) {
  const std::lock_guard lock(m_mutex);
  for (auto item = m_entries.begin(); item != m_entries.end();) {
    Entry& entry = item->second;
    if (entry.binary.use_count() > 1) entry.lastUse = now;  // Others get it only here, under the lock.
    item = entry.lastUse + m_keep <= now ? m_entries.erase(item) : std::next(item);
  }
}

std::size_t BinaryNames::size() const {
  const std::lock_guard lock(m_mutex);
  return m_entries.size();
}

}  // namespace heaptap::relay
