// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/names/built_program.h"

#include <gtest/gtest.h>

namespace heaptap::test {
namespace fs = std::filesystem;
using nlohmann::json;

BuiltProgram::BuiltProgram(const std::string& source, const std::string& extension,
                           std::vector<std::string> options) {
  const std::string file = "program." + extension;
  folder.write(file, source);
  std::vector<std::string> argv = {extension == "c" ? "gcc" : "g++",
                                   "-g",
                                   "-fno-optimize-sibling-calls",
                                   "-Wl,--build-id=sha1",
                                   "-o",
                                   "program",
                                   (folder / file).string()};
  argv.insert(argv.end(), options.begin(), options.end());
  run(argv);
}

Outcome BuiltProgram::run(const std::vector<std::string>& argv,
                          const std::map<std::string, std::optional<std::string>>& environment) const {
  Outcome outcome = runProcess({.argv = argv, .environment = environment, .folder = folder.path()});
  EXPECT_EQ(outcome.status, 0) << argv.front() << ": " << outcome.err;
  return outcome;
}

Outcome BuiltProgram::heaptap(std::vector<std::string> words,
                              const std::map<std::string, std::optional<std::string>>& environment) const {
  words.insert(words.begin(), HEAPTAP_COMMAND);
  return runProcess({.argv = words, .environment = environment, .folder = folder.path()});
}

std::string BuiltProgram::buildId() const {
  const std::string notes = run({"readelf", "--notes", "program"}).out;
  const std::string mark = "Build ID: ";
  const auto at = notes.find(mark);
  return at == std::string::npos ? "" : notes.substr(at + mark.size(), 40);
}

std::string BuiltProgram::debugName() const {
  const std::string id = buildId();
  return ".build-id/" + id.substr(0, 2) + "/" + id.substr(2) + ".debug";
}

void BuiltProgram::separateDebugFile() const {
  const fs::path debug = folder / ("debug/" + debugName());
  fs::create_directories(debug.parent_path());
  run({"objcopy", "--only-keep-debug", "program", debug.string()});
  run({"strip", "program"});
}

std::vector<std::string> BuiltProgram::stackOf(std::int64_t bytes, const std::string& session) const {
  const Report report(folder / session);
  std::vector<std::string> stack;
  for (const json& site : report.report().at("sites")) {
    const std::int64_t blocks = site.value("blocks", 0);
    if (blocks == 0 || site.value("bytes", 0) != bytes * blocks) continue;
    EXPECT_TRUE(stack.empty()) << "two sites have blocks of " << bytes;
    for (const json& frame : site.at("stack")) {
      const std::string function =
          frame.at("function").is_null() ? "?" : frame.at("function").get<std::string>();
      const std::string file = frame.at("file").is_null() ? "?" : frame.at("file").get<std::string>();
      const std::string line = frame.at("line").is_null() ? "?" : frame.at("line").dump();
      stack.push_back(function + " " + file.substr(file.rfind('/') + 1) + ":" + line);
      if (function == "main") break;
    }
  }
  return stack;
}

std::vector<std::string> BuiltProgram::notes(const std::string& session) const {
  return Report(folder / session).report().at("summary").at("notes").get<std::vector<std::string>>();
}

}  // namespace heaptap::test
