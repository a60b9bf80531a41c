// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/names/binary_names.h"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

namespace heaptap::relay {
namespace {

using Names = v1::ModuleNames;

/// Each binary may hold its own file, one with debug information and one shared by several of those.
std::size_t mostBinaries() {
  constexpr std::size_t kMost = 256;
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return 1;
  return std::clamp<std::size_t>(static_cast<std::size_t>(files.rlim_cur) / 16, 1, kMost);
}

}  // namespace

BinaryNames::Binary::Binary(const Module& module, const symbols::SearchPlaces& places)
    : m_file(module.source.file),
      m_image(module.source.image),
      m_path(module.path()),
      m_buildId(module.claim.buildId),
      m_places(places) {}

void BinaryNames::Binary::open() {
  m_opened = true;
  m_readable = false;
  m_resolver = symbols::Resolver(m_places);  // Of an attempt without descriptors, nothing stays open.
  if (m_image != nullptr) {
    m_handle = m_resolver.addModule({{}, m_path, {}, m_image});
    m_readable = m_resolver.isReadable(m_handle);
    m_missing = m_readable ? Names::MISSING_ALL_BUT_EXPORTED : Names::MISSING_FILE_GONE;
    return;
  }
  const UniqueFd file = m_file->open(!m_buildId.empty());
  if (!file) {
    const bool isFull = errno == EMFILE || errno == ENFILE;
    m_missing = isFull            ? Names::MISSING_NO_DESCRIPTOR
                : errno == ESTALE ? Names::MISSING_OTHER_FILE
                : errno == EACCES ? Names::MISSING_NOT_PERMITTED
                                  : Names::MISSING_FILE_GONE;
    return;
  }
  m_handle =
      m_resolver.addModule({"/proc/self/fd/" + std::to_string(file.get()), m_path, m_buildId, nullptr});
  // While the descriptor is open.
  errno = 0;
  m_readable = m_resolver.isReadable(m_handle);
  if (m_readable)
    m_missing = missingLines();
  else
    m_missing = errno == EMFILE || errno == ENFILE ? Names::MISSING_NO_DESCRIPTOR : Names::MISSING_UNREADABLE;
}

BinaryNames::Missing BinaryNames::Binary::missingLines() {
  using symbols::LinesMissing;
  switch (m_resolver.linesMissing(m_handle)) {
    case LinesMissing::No: return Names::MISSING_UNSPECIFIED;
    case LinesMissing::NoDescriptor: return Names::MISSING_NO_DESCRIPTOR;
    case LinesMissing::SplitFiles: return Names::MISSING_SPLIT_FILES;
    case LinesMissing::OtherDebugFile: return Names::MISSING_OTHER_DEBUG_FILE;
    case LinesMissing::Damaged: return Names::MISSING_DEBUG_DAMAGED;
  }
  return Names::MISSING_UNSPECIFIED;
}

bool BinaryNames::Binary::isReadable() {
  if (!m_opened) open();
  return m_readable;
}

std::vector<symbols::SourceLine> BinaryNames::Binary::at(std::uint64_t fileAddress) {
  const std::lock_guard lock(m_mutex);
  if (!isReadable()) return {};
  return m_resolver.resolve(m_handle, fileAddress);
}

symbols::CalledAllocator BinaryNames::Binary::calledBefore(std::uint64_t fileAddress) {
  const std::lock_guard lock(m_mutex);
  if (!isReadable()) return {};
  return m_resolver.calledBefore(m_handle, fileAddress);
}

std::optional<symbols::CalledAllocator> BinaryNames::Binary::calledByName(const std::string& function) {
  const std::lock_guard lock(m_mutex);
  if (!isReadable()) return std::nullopt;
  return m_resolver.calledByName(m_handle, function);
}

bool BinaryNames::Binary::hasOwnOperators() {
  const std::lock_guard lock(m_mutex);
  return isReadable() && m_resolver.hasOwnOperators(m_handle);
}

BinaryNames::Missing BinaryNames::Binary::missing() {
  const std::lock_guard lock(m_mutex);
  if (!m_opened || m_missing == Names::MISSING_NO_DESCRIPTOR) open();
  // An image from memory has no lines anyway.
  if (m_readable && m_image == nullptr && m_missing == Names::MISSING_UNSPECIFIED) m_missing = missingLines();
  return m_missing;
}

BinaryNames::BinaryNames(symbols::SearchPlaces places, std::chrono::milliseconds keep, std::size_t most)
    : m_places(std::move(places)), m_keep(keep), m_most(most != 0 ? most : mostBinaries()) {}

std::shared_ptr<BinaryNames::Binary> BinaryNames::of(const Module& module) {
  const BinarySource& source = module.source;
  if (!source.file && !source.image) return nullptr;
  const Key key{source.file ? source.file->identity() : wire::FileIdentity{}, source.image.get(),
                module.path(), module.claim.buildId};
  const std::lock_guard lock(m_mutex);
  Entry& entry = m_entries[key];
  if (!entry.binary) {
    entry.binary = std::make_shared<Binary>(module, m_places);
    forgetBeyond();
  }
  entry.lastUse = Clock::now();
  return entry.binary;
}

void BinaryNames::forgetAllUnused() {
  const std::lock_guard lock(m_mutex);
  std::erase_if(m_entries, [](const auto& item) { return item.second.binary.use_count() == 1; });
}

void BinaryNames::forgetBeyond() {
  while (m_entries.size() > m_most) {
    auto oldest = m_entries.end();
    for (auto item = m_entries.begin(); item != m_entries.end(); ++item)
      if (item->second.binary.use_count() == 1 && item->second.lastUse != Clock::time_point{} &&
          (oldest == m_entries.end() || item->second.lastUse < oldest->second.lastUse))
        oldest = item;
    if (oldest == m_entries.end()) return;  // All are in use, or this one is the first.
    m_entries.erase(oldest);
  }
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
