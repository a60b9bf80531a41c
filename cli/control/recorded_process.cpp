// SPDX-License-Identifier: Apache-2.0
#include "cli/control/recorded_process.h"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <string_view>

namespace heaptap::cli {
namespace {

/// The value of a variable in NAME=VALUE entries that end with zeros; empty when it is not there.
std::string valueOf(std::string_view environment, std::string_view name) {
  while (!environment.empty()) {
    const std::string_view entry = environment.substr(0, environment.find('\0'));
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
      return std::string(entry.substr(name.size() + 1));
    environment.remove_prefix(std::min(environment.size(), entry.size() + 1));
  }
  return {};
}

}  // namespace

Result<std::string> collectorOf(pid_t pid) {
  const std::string process = "process " + std::to_string(pid);
  errno = 0;
  std::ifstream file("/proc/" + std::to_string(pid) + "/environ", std::ios::binary);
  if (!file && errno == ENOENT) return failure(Code::NotFound, process, "there is none");
  const std::string environment((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (environment.empty() && errno == EACCES)
    return failure(Code::NotPermitted, process, "belongs to another user, or does not allow to be inspected",
                   "use --collector ADDR");
  for (const char* const name : {kControlVariable, "HEAPTAP_COLLECTOR"})
    if (std::string address = valueOf(environment, name); !address.empty()) return address;
  return failure(Code::NotFound, process, "was not started by heaptap run, nor with HEAPTAP_COLLECTOR",
                 "if it is recorded: --collector ADDR");
}

}  // namespace heaptap::cli
