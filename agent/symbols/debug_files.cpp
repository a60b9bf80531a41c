// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/debug_files.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "agent/symbols/build_id.h"
#include "agent/symbols/debug_servers.h"
#include "agent/symbols/elf_pointer.h"
#include "agent/symbols/elf_sections.h"
#include "agent/symbols/regular_file.h"

namespace heaptap::symbols {
namespace {

std::string parentOf(const std::string& path) { return path.substr(0, path.rfind('/')); }
std::string fileNameIn(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// As .gnu_debuglink has it.
std::optional<std::uint32_t> checksumOf(const UniqueFd& file) {
  constexpr std::size_t kPart = 1 << 16;
  std::vector<unsigned char> part(kPart);
  uLong sum = crc32(0, nullptr, 0);
  for (std::uint64_t at = 0, end = sizeOf(file); at < end; at += part.size()) {
    const std::size_t size = std::min<std::uint64_t>(part.size(), end - at);
    if (!readAt(file, at, part.data(), size)) return std::nullopt;
    sum = crc32(sum, part.data(), static_cast<uInt>(size));
  }
  return static_cast<std::uint32_t>(sum);
}

/// What was stripped has the build id, too.
bool hasNames(const UniqueFd& file) {
  const ElfPointer elf = openElf(file.get());
  if (elf == nullptr) return false;
  const ElfSections sections(elf.get());
  return std::any_of(sections.begin(), sections.end(), [](const ElfSection& section) {
    return section.header().sh_type == SHT_SYMTAB || section.name() == ".debug_info" ||
           section.name() == ".zdebug_info";
  });
}

}  // namespace

std::string buildIdPath(const std::string& buildId, const std::string& suffix) {
  if (buildId.size() < 2) return {};
  const std::string digits = hexadecimal(buildId);
  return ".build-id/" + digits.substr(0, 2) + '/' + digits.substr(2) + suffix;
}

std::optional<DebugFiles::Found> DebugFiles::tryFile(const std::string& path, const Check& check) {
  UniqueFd file = openRegular(path);
  if (!file) {
    if (errno == EMFILE || errno == ENFILE) m_lacksDescriptors = true;
    return std::nullopt;
  }
  const bool isIt = !check.buildId->empty() ? buildIdOf(file.get()) == *check.buildId
                                            : check.checksum && checksumOf(file) == check.checksum;
  if (!isIt) {
    m_hasSeenOther = true;
    return std::nullopt;
  }
  if (!hasNames(file)) return std::nullopt;
  return Found{std::move(file), path};
}

std::optional<DebugFiles::Found> DebugFiles::tryBuildId(const std::string& buildId) {
  const std::string below = buildIdPath(buildId, ".debug");
  if (below.empty()) return std::nullopt;
  for (const std::string& folder : m_places.allDebugFolders())
    if (auto found = tryFile(folder + '/' + below, {&buildId, std::nullopt})) return found;
  return std::nullopt;
}

std::optional<DebugFiles::Found> DebugFiles::tryServers(const std::string& buildId) {
  if (m_places.servers == nullptr || buildId.empty()) return std::nullopt;
  UniqueFd file = m_places.servers->debugInformation(buildId);
  if (!file) return std::nullopt;
  // A server may be wrong, or lie.
  if (buildIdOf(file.get()) == buildId) return Found{std::move(file), {}};
  m_hasSeenOther = true;
  return std::nullopt;
}

std::optional<DebugFiles::Found> DebugFiles::find(const SeparateDebug& wanted) {
  if (auto found = tryBuildId(wanted.buildId)) return found;
  // Nothing would prove that it is the right one.
  if (wanted.buildId.empty() && wanted.link.empty()) return std::nullopt;
  const Check check{&wanted.buildId, wanted.link.empty() ? std::nullopt : std::optional(wanted.checksum)};
  for (const std::string& path : wanted.paths) {
    if (path.empty() || path.front() != '/') continue;
    const std::string folder = parentOf(path);
    const std::string link = wanted.link.empty() ? fileNameIn(path) + ".debug" : fileNameIn(wanted.link);
    std::vector<std::string> candidates;
    const auto beside = [&](const std::string& place) {
      // A debug link may have the binary's own name, in another folder.
      if (link != fileNameIn(path)) candidates.push_back(place + '/' + link);
      candidates.push_back(place + "/.debug/" + link);
    };
    beside(folder);
    if (!m_places.sysroot.empty()) {
      // There it may be the binary itself, as it was before it was stripped.
      candidates.push_back(m_places.sysroot + path);
      beside(m_places.sysroot + folder);
    }
    for (const std::string& debug : m_places.allDebugFolders()) {
      candidates.push_back(debug + folder + '/' + link);
      candidates.push_back(debug + '/' + link);
      // There the binary itself may be kept, as it was before it was stripped.
      candidates.push_back(debug + path);
      candidates.push_back(debug + '/' + fileNameIn(path));
    }
    for (const std::string& candidate : candidates)
      if (auto found = tryFile(candidate, check)) return found;
  }
  return tryServers(wanted.buildId);
}

std::optional<DebugFiles::Found> DebugFiles::findShared(const std::string& link, const std::string& buildId,
                                                        const std::string& from) {
  if (buildId.empty()) return std::nullopt;
  if (auto found = tryBuildId(buildId)) return found;
  std::vector<std::string> candidates;
  if (!link.empty() && link.front() == '/') {
    if (!m_places.sysroot.empty()) candidates.push_back(m_places.sysroot + link);
    candidates.push_back(link);
  } else if (!from.empty()) {
    candidates.push_back(parentOf(from) + '/' + link);
  }
  for (const std::string& debug : m_places.allDebugFolders())
    candidates.push_back(debug + "/.dwz/" + fileNameIn(link));
  for (const std::string& candidate : candidates)
    if (auto found = tryFile(candidate, {&buildId, std::nullopt})) return found;
  return tryServers(buildId);
}

}  // namespace heaptap::symbols
