// SPDX-License-Identifier: Apache-2.0
//
// ARCHITECTURE.md's map of the tree is the tree: each folder of sources is in it, as a row or as a room of one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace heaptap::documents {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

const fs::path kSources = HEAPTAP_SOURCE_FOLDER;

/// What a row says, by each of its folders.
std::map<std::string, std::string> rowsOfTheMap() {
  std::map<std::string, std::string> rows;
  std::ifstream page(kSources / "ARCHITECTURE.md");
  bool isMap = false;
  static const std::regex kName("`([^`]+)`");
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) isMap = line == "## Folders and arrows";
    if (!isMap || !line.starts_with("| `")) continue;
    const std::size_t end = line.find(" | ");
    const std::string folders = line.substr(0, end);
    for (std::sregex_iterator name(folders.begin(), folders.end(), kName), last; name != last; ++name)
      rows[(*name)[1]] = line.substr(end);
  }
  return rows;
}

/// Folders that hold sources, but those of tests, measurements and examples, which mirror others, and those
/// that are only there as an include path.
std::set<std::string> foldersOfSources() {
  static const std::array<std::string, 15> kParts{"agent",     "analysis", "base",   "blob",   "client", "cli",
                                                  "collector", "counting", "export", "gui",    "import",
                                                  "programs",  "rpc",      "sql",    "text"};
  static const std::set<std::string> kExtensions{".cpp", ".h", ".py", ".js", ".c"};
  std::set<std::string> folders;
  for (const std::string& part : kParts)
    for (const auto& entry : fs::recursive_directory_iterator(kSources / part)) {
      if (!entry.is_regular_file() || !kExtensions.contains(entry.path().extension())) continue;
      const std::string folder = fs::relative(entry.path().parent_path(), kSources);
      if (folder.find("/include/") == std::string::npos) folders.insert(folder);
    }
  return folders;
}

bool isNamed(const std::map<std::string, std::string>& rows, const std::string& folder) {
  if (rows.contains(folder)) return true;
  // A room of the nearest folder that has a row: `room`, or `folder/room`.
  for (std::size_t slash = folder.rfind('/'); slash != std::string::npos; slash = folder.rfind('/', slash - 1)) {
    const auto row = rows.find(folder.substr(0, slash));
    if (row == rows.end()) continue;
    const std::string room = folder.substr(slash + 1);
    return row->second.find("`" + room + "`") != std::string::npos ||
           row->second.find("`" + folder + "`") != std::string::npos;
  }
  return false;
}

TEST(ArchitecturePage, HasEveryFolder) {
  const auto rows = rowsOfTheMap();
  const auto folders = foldersOfSources();
  ASSERT_GT(folders.size(), 50U);
  std::vector<std::string> missing;
  std::copy_if(folders.begin(), folders.end(), std::back_inserter(missing),
               [&rows](const std::string& folder) { return !isNamed(rows, folder); });
  EXPECT_THAT(missing, IsEmpty());
}

TEST(ArchitecturePage, HasNoFolderThatIsGone) {
  std::vector<std::string> gone;
  for (const auto& [folder, meaning] : rowsOfTheMap())
    if (!fs::is_directory(kSources / folder)) gone.push_back(folder);
  EXPECT_THAT(gone, IsEmpty());
}

}  // namespace
}  // namespace heaptap::documents
