// SPDX-License-Identifier: Apache-2.0
//
// Files that builds of earlier versions have recorded (record.sh) say what they said then, to every later build.
#include <gtest/gtest.h>
#include <zstd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string contentsOf(const fs::path& file) {
  std::ostringstream contents;
  contents << std::ifstream(file, std::ios::binary).rdbuf();
  return contents.str();
}

std::string unpacked(const fs::path& file) {
  const std::string packed = contentsOf(file);
  std::string plain(ZSTD_getFrameContentSize(packed.data(), packed.size()), '\0');
  EXPECT_EQ(ZSTD_decompress(plain.data(), plain.size(), packed.data(), packed.size()), plain.size());
  return plain;
}

/// All that was said then; what a later version says beside it is its own. Words for people may change.
void expectStillSaid(const json& said, const json& now, const std::string& where) {
  if (said.is_object()) {
    for (const auto& [key, value] : said.items()) {
      if (key == "file" || key == "notes" || key == "version") continue;
      ASSERT_TRUE(now.contains(key)) << where << "." << key;
      expectStillSaid(value, now[key], where + "." + key);
    }
  } else if (said.is_array()) {
    ASSERT_EQ(said.size(), now.size()) << where;
    for (std::size_t i = 0; i < said.size(); ++i)
      expectStillSaid(said[i], now[i], where + "[" + std::to_string(i) + "]");
  } else {
    EXPECT_EQ(said, now) << where;
  }
}

std::vector<fs::path> keptFiles() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(KEPT_FILES))
    if (entry.path().extension() == ".zst") files.push_back(entry.path());
  return files;
}

Outcome heaptap(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), HEAPTAP_COMMAND);
  return runProcess({.argv = std::move(arguments)});
}

TEST(KeptFiles, sayWhatTheySaidWhenTheyWereRecorded) {
  const auto files = keptFiles();
  ASSERT_GE(files.size(), 7U);
  for (const fs::path& packed : files) {
    SCOPED_TRACE(packed.string());
    const TemporaryFolder folder;
    const fs::path file = folder.path() / packed.stem();
    const std::string contents = unpacked(packed);
    std::ofstream(file, std::ios::binary) << contents;
    const Outcome report = heaptap({"report", "--json", file});
    ASSERT_EQ(report.status, 0) << report.err;
    const fs::path expected = packed.parent_path() / (packed.stem().stem().string() + ".json");
    expectStillSaid(json::parse(contentsOf(expected)), json::parse(report.out), "");
    const Outcome verified = heaptap({"verify", file});
    EXPECT_EQ(verified.status, 0) << verified.out << verified.err;
    EXPECT_EQ(contentsOf(file), contents) << "reading changes no file";
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
  }
}

}  // namespace
}  // namespace heaptap::test
