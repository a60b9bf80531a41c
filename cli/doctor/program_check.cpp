// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <system_error>

#include "agent/symbols/resolver.h"
#include "base/unique_fd.h"
#include "cli/doctor/checks.h"
#include "programs/executable_image.h"
#include "programs/name_sources.h"

namespace heaptap::cli {
namespace fs = std::filesystem;
namespace {

using Verdict = Check::Verdict;

std::optional<std::string> loaderOf(const fs::path& file) {
  const UniqueFd descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!descriptor) return std::nullopt;
  const auto image = programs::readExecutableImage(descriptor.get(), file.string());
  return image ? image->loader : std::nullopt;
}

/// The libraries that the program is linked with, as the loader finds them: `libz.so.1 => /lib/libz.so.1
/// (0x…)`. It lists them without running anything of the program.
std::vector<fs::path> librariesOf(const fs::path& file) {
  std::vector<fs::path> libraries;
  const auto loader = loaderOf(file);
  if (!loader) return libraries;
  std::error_code ignored;
  const auto listed = outputOf({*loader, "--list", fs::absolute(file, ignored).string()});
  if (!listed) return libraries;
  std::istringstream lines(*listed);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find('/');
    const std::size_t end = line.rfind(" (0x");
    if (begin == std::string::npos || end == std::string::npos || end < begin) continue;
    libraries.emplace_back(line.substr(begin, end - begin));
  }
  return libraries;
}

/// The Debian packages that files are from, `libc6` for `/lib/x86_64-linux-gnu/libc.so.6`; those of no
/// package are not in it, nor anything elsewhere.
std::map<fs::path, std::string> packagesOf(const std::vector<fs::path>& files) {
  std::map<fs::path, std::string> packages;
  std::vector<std::string> argv = {"/usr/bin/dpkg-query", "--search"};
  for (const fs::path& file : files) {
    std::error_code ignored;
    const fs::path real = fs::canonical(file, ignored);
    argv.push_back(file.string());
    if (!ignored && real != file) argv.push_back(real.string());
  }
  const auto listed = outputOf(argv);
  if (!listed) return packages;
  std::istringstream lines(*listed);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    const std::string owner = line.substr(0, colon);
    packages.emplace(line.substr(colon + 2), owner.substr(0, owner.find_first_of(":,")));
  }
  return packages;
}

std::string packageOf(const std::map<fs::path, std::string>& packages, const fs::path& file) {
  if (const auto found = packages.find(file); found != packages.end()) return found->second;
  std::error_code ignored;
  const auto found = packages.find(fs::canonical(file, ignored));
  return found == packages.end() ? "" : found->second;
}

/// Lines that should be there and are not to be had, by what looks them up for sessions.
std::optional<Check> unreadLines(const fs::path& file, const std::string& name) {
  using symbols::LinesMissing;
  symbols::Resolver resolver;
  std::error_code ignored;
  const std::string path = fs::absolute(file, ignored).string();
  const auto module = resolver.addModule({path, path, {}, nullptr});
  switch (resolver.searchedLines(module)) {
    case LinesMissing::SplitFiles:
      return Check{Verdict::Note,
                   name + ": functions, no lines: they are in .dwo or .dwp files that are not there",
                   "keep the .dwo files where they were built, or the .dwp file beside the program"};
    case LinesMissing::OtherDebugFile:
      return Check{Verdict::Note, name + ": functions, no lines: its debug file is of another build",
                   "install the debug file of the same build, or say where it is: --debug-dir"};
    case LinesMissing::Damaged:
      return Check{Verdict::Note,
                   name + ": functions, no lines: its debug information is damaged, or too large",
                   "build it anew; of debug information beyond 1 GiB, use -g1"};
    case LinesMissing::No:
    case LinesMissing::NoDescriptor: break;
  }
  return std::nullopt;
}

/// What one binary has. `lacksNames`: where a package of debug symbols would help.
Check namesOf(const fs::path& file, bool& lacksNames) {
  const auto sources = programs::readNameSources(file);
  if (!sources) return {Verdict::Note, sources.error().line(), ""};
  const std::string name = file.filename().string();
  if (auto unread = unreadLines(file, name)) return std::move(*unread);
  if (!sources->hasUnwindInfo)
    return {Verdict::Note, name + ": has no unwind information, so stacks through it are guessed",
            "build it without -fno-asynchronous-unwind-tables"};
  const std::string all = name + ": functions, lines and inlined functions";
  if (sources->hasDebugInfo) return {Verdict::Good, all, ""};
  if (!sources->debugFile.empty()) return {Verdict::Good, all + ", from " + sources->debugFile.string(), ""};
  lacksNames = true;
  if (sources->hasSymbols) return {Verdict::Note, name + ": functions, no lines", ""};
  if (sources->hasExports)
    return {Verdict::Note, name + ": only the functions that it exports, no lines", ""};
  return {Verdict::Note, name + ": no names at all", ""};
}

std::string debugPackageOf(const std::string& package) {
  return package == "libc6" ? "libc6-dbg" : package + "-dbgsym";
}

}  // namespace

std::vector<Check> checkProgram(const fs::path& file) {
  std::vector<fs::path> files = {file};
  for (fs::path& library : librariesOf(file)) files.push_back(std::move(library));
  const auto packages = packagesOf(files);
  std::vector<Check> checks;
  std::set<std::string> wanted;
  for (const fs::path& binary : files) {
    bool lacksNames = false;
    checks.push_back(namesOf(binary, lacksNames));
    if (!lacksNames) continue;
    const std::string package = packageOf(packages, binary);
    if (package.empty())
      checks.back().remedy = "build it with -g";
    else
      wanted.insert(debugPackageOf(package));
  }
  if (wanted.empty()) return checks;
  std::string remedy = "from Debian's archive of debug symbols: apt-get install";
  for (const std::string& package : wanted) remedy += ' ' + package;
  checks.push_back({Verdict::Note, "names that are missing are in packages of their own", remedy});
  return checks;
}

}  // namespace heaptap::cli
