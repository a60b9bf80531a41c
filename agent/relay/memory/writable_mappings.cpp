// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/memory/writable_mappings.h"

#include <algorithm>
#include <string>

#include "agent/relay/target/mapping_line.h"

namespace heaptap::relay {
namespace {

/// Where glibc begins an arena of its own, and how far it may grow (HEAP_MAX_SIZE).
constexpr std::uint64_t kArenaBytes = 64ULL << 20;

bool isLeftOut(const MappingLine& mapping) {
  if (mapping.path.starts_with("/dev/"))
    return !mapping.path.starts_with("/dev/shm/") && !mapping.path.starts_with("/dev/zero");
  const std::size_t slash = mapping.path.rfind('/');
  return slash != std::string::npos && mapping.path.compare(slash + 1, 10, "libheaptap") == 0;
}

bool isLibc(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return path.starts_with('/') && (name.starts_with("libc.so") || name.starts_with("libc-2"));
}

}  // namespace

std::vector<WritableMapping> writableMappingsIn(std::string_view maps) {
  std::vector<WritableMapping> all;
  std::uint64_t guardEnd = 0;  // Of the mapping before, if nothing may be done with it.
  while (!maps.empty()) {
    const std::string_view line = maps.substr(0, maps.find('\n'));
    maps.remove_prefix(std::min(maps.size(), line.size() + 1));
    const auto mapping = MappingLine::parse(line);
    const std::size_t blank = line.find(' ');
    if (!mapping || blank == std::string_view::npos) continue;
    const std::string_view access = line.substr(blank + 1, 4);
    const bool isGuard = access.starts_with("---");
    if (!all.empty()) {
      // The part of an arena that is in use, and the rest of it.
      WritableMapping& before = all.back();
      if (before.isAnonymous && before.start % kArenaBytes == 0 && isGuard && mapping->start == before.end &&
          mapping->end == before.start + kArenaBytes)
        before.isHeap = true;
    }
    if (access.starts_with("rw") && !isLeftOut(*mapping)) {
      const bool isAnonymous = mapping->path.empty() && mapping->inode == 0;
      const bool isWholeArena =
          isAnonymous && mapping->start % kArenaBytes == 0 && mapping->end == mapping->start + kArenaBytes;
      all.push_back({.start = mapping->start,
                     .end = mapping->end,
                     .isAnonymous = isAnonymous,
                     .isGuarded = guardEnd == mapping->start,
                     .isLibc = isLibc(mapping->path),
                     .isHeap = mapping->path == "[heap]" || isWholeArena});
    }
    guardEnd = isGuard ? mapping->end : 0;
  }
  return all;
}

std::vector<WritableMapping> writableMappings(const TargetProcess& process) {
  return writableMappingsIn(process.mappings());
}

}  // namespace heaptap::relay
