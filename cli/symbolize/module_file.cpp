// SPDX-License-Identifier: Apache-2.0
#include "cli/symbolize/module_file.h"

#include <vector>

#include "agent/symbols/build_id.h"
#include "agent/symbols/debug_files.h"
#include "agent/symbols/debug_servers.h"
#include "agent/symbols/regular_file.h"

namespace heaptap::cli {

std::vector<std::string> namesInDebugFolders(const std::string& path, const std::string& buildId) {
  std::vector<std::string> names = {symbols::buildIdPath(buildId, ".debug"),
                                    // The binary itself lies there without an extension.
                                    symbols::buildIdPath(buildId, "")};
  const std::string name = path.substr(path.rfind('/') + 1);
  if (path.starts_with('/') && path != '/' + name) names.push_back(path.substr(1));
  if (!name.empty()) names.push_back(name);
  return names;
}

ModuleFile findModuleFile(const std::string& path, const std::string& buildId,
                          const symbols::SearchPlaces& places) {
  ModuleFile found;
  std::vector<std::string> byPath;
  if (path.starts_with('/')) {
    if (!places.sysroot.empty()) byPath.push_back(places.sysroot + path);
    byPath.push_back(path);
  }
  for (const std::string& candidate : byPath) {
    const UniqueFd file = symbols::openRegular(candidate);
    if (!file) continue;
    if (symbols::buildIdOf(file.get()) == buildId) {
      found.path = candidate;
      return found;
    }
    found.other = candidate;
  }
  for (const std::string& folder : places.allDebugFolders()) {
    for (const std::string& below : namesInDebugFolders(path, buildId)) {
      const UniqueFd file = symbols::openRegular(folder + '/' + below);
      if (!file || symbols::buildIdOf(file.get()) != buildId) continue;
      found.path = folder + '/' + below;
      return found;
    }
  }
  if (places.servers == nullptr) return found;
  found.fromServer = places.servers->debugInformation(buildId);
  if (!found.fromServer) return found;
  if (symbols::buildIdOf(found.fromServer.get()) == buildId)
    found.path = "/proc/self/fd/" + std::to_string(found.fromServer.get());
  else
    found.other = "what a server sent";
  return found;
}

}  // namespace heaptap::cli
