// SPDX-License-Identifier: Apache-2.0
//
// `./dev run` installs packages for `build` and configures everything, tests included: so what configuring
// cannot do without must be among these packages, on a machine that has nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace heaptap::documents {
namespace {

namespace fs = std::filesystem;

const fs::path kProject = HEAPTAP_SOURCE_FOLDER;

/// The Debian packages that bring what CMake looks for, by the name that it is looked for by. Those of the
/// compiler come with build-essential.
const std::map<std::string, std::string>& packageOfRequirement() {
  static const std::map<std::string, std::string> packages = {
      {"Threads", "build-essential"},
      {"HEAPTAP_OBJCOPY", "build-essential"},
      {"Protobuf", "libprotobuf-dev"},
      {"gRPC", "libgrpc++-dev"},
      {"rpc_static", "libgrpc++-dev"},
      {"re2", "libgrpc++-dev"},
      {"absl", "libabsl-dev"},
      {"OpenSSL", "libssl-dev"},
      {"SQLite3", "libsqlite3-dev"},
      {"CLI11", "libcli11-dev"},
      {"tl-expected", "libexpected-dev"},
      {"nlohmann_json", "nlohmann-json3-dev"},
      {"PkgConfig", "pkg-config"},
      {"elfutils", "libdw-dev"},
      {"ncursesw", "libncurses-dev"},
      {"zstd", "libzstd-dev"},
      {"ZLIB", "zlib1g-dev"},
      {"HEAPTAP_IBERTY_INCLUDE", "libiberty-dev"},
      {"HEAPTAP_IBERTY_LIBRARY", "libiberty-dev"},
      {"Qt6", "qt6-base-dev"},
      {"GTest", "libgtest-dev"},
      {"benchmark", "libbenchmark-dev"},
  };
  return packages;
}

/// Whether CMake reads the file when heaptap is configured; not so projects that use heaptap, which tests
/// configure.
bool isOfThisBuild(const fs::path& file) {
  if (file.filename() != "CMakeLists.txt" && file.extension() != ".cmake") return false;
  const auto folder = file.lexically_relative(kProject).generic_string();
  return !folder.starts_with("build/") && !folder.starts_with("tests/gate/project/") &&
         !folder.starts_with("tests/consumer/");
}

/// What each file demands, as "name (file)" by name.
std::map<std::string, std::string> requirements() {
  static const std::regex find(
      R"((?:find_package|find_program|find_path|find_library|pkg_check_modules)\(\s*([\w-]+)[^)]*\bREQUIRED\b)");
  std::map<std::string, std::string> found;
  for (auto entry = fs::recursive_directory_iterator(kProject); entry != fs::recursive_directory_iterator();
       ++entry) {
    if (entry.depth() == 0 && (entry->path().filename() == "build" || entry->path().filename() == ".git")) {
      entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file() || !isOfThisBuild(entry->path())) continue;
    const std::string text = test::readFile(entry->path());
    for (std::sregex_iterator match(text.begin(), text.end(), find), end; match != end; ++match)
      found.emplace((*match)[1], entry->path().lexically_relative(kProject).string());
  }
  return found;
}

/// The packages that are installed for building.
std::set<std::string> packagesToBuild() {
  static const std::regex line(R"(^(\S+)\s+build\s)");
  std::ifstream list(kProject / "packaging/debian-packages.txt");
  std::set<std::string> packages;
  std::smatch match;
  for (std::string text; std::getline(list, text);)
    if (text[0] != '#' && std::regex_search(text, match, line)) packages.insert(match[1]);
  return packages;
}

TEST(Packages, ForBuildingHaveWhatConfiguringDemands) {
  const auto demanded = requirements();
  const auto installed = packagesToBuild();
  ASSERT_GT(demanded.size(), 15U);
  for (const auto& [name, file] : demanded) {
    const auto package = packageOfRequirement().find(name);
    ASSERT_NE(package, packageOfRequirement().end())
        << file << " requires " << name << ": name its package above, or do without REQUIRED";
    EXPECT_TRUE(installed.contains(package->second))
        << file << " requires " << name << ", but " << package->second << " is not installed for building";
  }
}

}  // namespace
}  // namespace heaptap::documents
