// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/names/made_code.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string_view>

namespace heaptap::relay {
namespace {

/// The path at the end of a line of /proc/PID/maps that ends with this name; empty: there is none.
std::string mappedPath(std::string_view mappings, std::string_view name) {
  while (!mappings.empty()) {
    std::string_view line = mappings.substr(0, mappings.find('\n'));
    mappings.remove_prefix(std::min(line.size() + 1, mappings.size()));
    if (!line.ends_with(name)) continue;
    if (const auto path = line.find('/'); path != std::string_view::npos)
      return std::string(line.substr(path));
  }
  return {};
}

}  // namespace

MadeCode::MadeCode(const TargetProcess& process)
    : m_process(process), m_user(process.user().value_or(::geteuid())) {}

UniqueFd MadeCode::open(const std::string& path) const {
  UniqueFd file = openBelow(*m_process.root(), path);
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      (status.st_uid != m_user && status.st_uid != 0)) {
    return {};
  }
  return file;
}

/// A program maps the first page of its dump, which is how others learn of it. Afterwards only guesses are
/// left.
UniqueFd MadeCode::openDump() {
  const std::string name = "/jit-" + std::to_string(m_process.ownPid()) + ".dump";
  if (m_dump.empty()) m_dump = mappedPath(m_process.mappings(), name);
  if (!m_dump.empty()) return open(m_dump);
  for (const std::string& folder : {m_process.workingDirectory(), std::string("/tmp")})
    if (UniqueFd file = folder.empty() ? UniqueFd() : open(folder + name)) return file;
  return {};
}

symbols::MadeNames MadeCode::namesOf(const std::vector<std::uint64_t>& addresses) {
  symbols::MadeNames names;
  if (const UniqueFd dump = openDump()) names = symbols::namesInJitDump(dump, addresses);
  if (const UniqueFd map = open("/tmp/perf-" + std::to_string(m_process.ownPid()) + ".map"))
    names.merge(symbols::namesInPerfMap(map, addresses));
  return names;
}

}  // namespace heaptap::relay
