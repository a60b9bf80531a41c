// SPDX-License-Identifier: Apache-2.0
//
// Names come from the file that was loaded, whatever its path leads to by then; else there are none, and a
// note.
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <filesystem>

#include "tests/e2e/buffered.h"
#include "tests/e2e/live_recording.h"
#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AnyOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;

class Modules : public testing::TestWithParam<const char*> {
 protected:
  /// A copy of a plugin, in the test's folder.
  std::string plugin(const std::string& function, const std::string& name) const {
    const fs::path copy = m_folder / name;
    fs::create_directories(copy.parent_path());
    fs::copy_file(recordedProgram(function + "_" + GetParam() + ".so"), copy,
                  fs::copy_options::overwrite_existing);
    return copy;
  }
  static std::string program() { return recordedProgram(std::string("plugins_") + GetParam()); }
  static std::vector<std::string> notesOf(const Report& report) {
    return report.report().at("summary").at("notes").get<std::vector<std::string>>();
  }
  /// The functions of the stacks that allocated `bytes` in one block, innermost first; null: "?".
  static std::vector<std::string> functionsOf(const json& report, std::int64_t bytes) {
    std::vector<std::string> functions;
    for (const json& site : report.at("sites")) {
      if (site.value("bytes", 0) != bytes * site.value("blocks", 0)) continue;
      std::string stack;
      for (const json& frame : site.at("stack")) {
        stack += (frame.at("function").is_null() ? "?" : frame.at("function").get<std::string>()) + " ";
        if (stack.ends_with("main ")) break;
      }
      functions.push_back(stack);
    }
    return functions;
  }
  /// Runs the program under `heaptap run`, with `prefix` before; lets the relay look whenever it waits.
  Report record(std::vector<std::string> words, const std::vector<std::string>& prefix = {}) const {
    words.insert(words.begin(), program());
    std::vector<std::string> argv = prefix;
    for (const std::string& word :
         {std::string(HEAPTAP_COMMAND), std::string("run"), std::string("-q"), std::string("--force"),
          std::string("-o"), (m_folder / "it.heaptap").string(), std::string("--")})
      argv.push_back(word);
    argv.insert(argv.end(), words.begin(), words.end());
    const Outcome outcome = runProcess({.argv = argv});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return Report(m_folder / "it.heaptap");
  }
  /// The same, and whenever the program waits, all of it is recorded before it may go on.
  static std::unique_ptr<LiveRecording> recordAlong(std::vector<std::string> words, int waits) {
    words.insert(words.begin(), program());
    auto live = std::make_unique<LiveRecording>(words);
    for (int i = 0; i < waits; ++i) {
      live->waitFor("waiting\n");
      const Outcome marked = runProcess(
          {.argv = {HEAPTAP_COMMAND, "mark", std::to_string(live->command(program())), "all of it"}});
      EXPECT_EQ(marked.status, 0) << marked.err;
      live->tell("go on");
    }
    EXPECT_EQ(live->finish().status, 0);
    return live;
  }

  TemporaryFolder m_folder;
};

constexpr const char* kOne = "keptByOne plugin_entry main ";
constexpr const char* kTwo = "keptByTwo plugin_entry main ";

TEST_P(Modules, OpenedByARelativePathHaveTheirNames) {
  plugin("keptByOne", "lib/plugin.so");
  const Report report =
      record({"chdir", m_folder.path(), "open", "lib/plugin.so", "chdir", "/", "call", "111"});
  EXPECT_THAT(functionsOf(report.report(), 111), Contains(kOne));
  EXPECT_THAT(notesOf(report), IsEmpty());
  for (const json& site : report.sitesIn("keptByOne"))
    EXPECT_EQ(site.at("stack").at(0).at("module"), (m_folder / "lib/plugin.so").string());
}

TEST_P(Modules, OfAProgramThatTheLoaderWasToldToRunHaveTheirNames) {
  const Recording recording(
      {"/lib64/ld-linux-x86-64.so.2", program(), "open", plugin("keptByOne", "plugin.so"), "call", "111"});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_THAT(functionsOf(recording.report(), 111), Contains(kOne));
  EXPECT_THAT(notesOf(recording), IsEmpty());
}

TEST_P(Modules, OneAfterTheOtherAtOnePlaceAreTwo) {
  const Report report = record({"open", plugin("keptByOne", "1.so"), "call", "111", "close", "open",
                                plugin("keptByTwo", "2.so"), "call", "222", "close"});
  EXPECT_THAT(functionsOf(report.report(), 111), Contains(kOne));
  EXPECT_THAT(functionsOf(report.report(), 222), Contains(kTwo));
}

TEST_P(Modules, OneAfterTheOtherOfOnePathAreTwo) {
  const std::string path = plugin("keptByOne", "1.so");
  const auto live = recordAlong({"open", path, "call", "111", "wait", "close", "move",
                                 plugin("keptByTwo", "2.so"), path, "open", path, "call", "222"},
                                1);
  const Report report(live->file());
  EXPECT_THAT(functionsOf(report.report(), 111), Contains(kOne));
  EXPECT_THAT(functionsOf(report.report(), 222), Contains(kTwo));
}

TEST_P(Modules, ThatAreReplacedAtOnceHaveNoWrongNames) {
  const std::string path = plugin("keptByOne", "1.so");
  const Report report = record({"open", path, "call", "111", "close", "move", plugin("keptByTwo", "2.so"),
                                path, "open", path, "call", "222"});
  EXPECT_THAT(functionsOf(report.report(), 222), Contains(kTwo));
  const bool cameInTime = notesOf(report).empty();
  EXPECT_THAT(functionsOf(report.report(), 111), Contains(cameInTime ? kOne : "? ? main "));
  EXPECT_THAT(notesOf(report), Each(HasSubstr("replaced or changed")));
}

TEST_P(Modules, WhoseFilesAreReplacedWhileTheyAreInUseStayWhatTheyAre) {
  const std::string path = plugin("keptByOne", "1.so");
  const auto live =
      recordAlong({"open", path, "call", "111", "wait", "move", plugin("keptByTwo", "2.so"), path, "open",
                   plugin("keptByTwo", "3.so"), "call", "222", "close", "open", path, "call", "333"},
                  1);
  const Report report(live->file());
  // To the loader, what is open under this path is still the first one.
  EXPECT_EQ(report.siteIn("keptByOne").value("bytes", 0), 111 + 333);
  EXPECT_EQ(report.siteIn("keptByTwo").value("bytes", 0), 222);
}

TEST_P(Modules, LoadedAtManyPlacesAreOne) {
  const Report report = record({"rounds", "300", plugin("keptByOne", "1.so")});
  EXPECT_EQ(report.siteIn("keptByOne").value("blocks", 0), 300);
  EXPECT_THAT(notesOf(report), IsEmpty());
}

TEST_P(Modules, WhoseFileIsRemovedAtOnceHaveTheNamesThatAreInMemory) {
  const std::string path = plugin("keptByOne", "1.so");
  const auto live = recordAlong({"open", path, "remove", path, "call", "111", "wait"}, 1);
  const Report report(live->file());
  // As far as the relay may do more, the file itself is still there.
  EXPECT_THAT(functionsOf(report.report(), 111), Contains(AnyOf(kOne, "? plugin_entry main ")));
}

TEST_P(Modules, WhoseFileIsRemovedAtOnceAreToldOf) {
  const std::string path = plugin("keptByOne", "1.so");
  // Gone before the relay can have looked, as the process is, too.
  const Report report = record({"open", path, "remove", path, "call", "111"});
  const bool cameInTime = !report.sitesIn("keptByOne").empty();
  EXPECT_EQ(notesOf(report).empty(), cameInTime);
  EXPECT_THAT(notesOf(report), Each(HasSubstr(path)));
}

TEST_P(Modules, AreManyMoreThanDescriptors) {
  for (int i = 0; i < 200; ++i) plugin("keptByOne", "many/" + std::to_string(i) + ".so");
  const Report report = record({"all", "200", m_folder / "many"}, {"/usr/bin/prlimit", "--nofile=64:64"});
  for (int i = 0; i < 200; ++i)
    EXPECT_THAT(functionsOf(report.report(), 1000 + i), Contains("keptByOne plugin_entry openAll main "));
  EXPECT_THAT(notesOf(report), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(WithBuildIdsAndWithout, Modules, testing::Values("sha1", "none"),
                         [](const auto& test) { return std::string(test.param); });

class BufferedModules : public BufferedTest {
 protected:
  std::string plugin(const std::string& function, const std::string& name) const {
    fs::copy_file(recordedProgram(function + "_none.so"), m_folder / name);
    return m_folder / name;
  }
  json recordAndRecover(std::vector<std::string> words) const {
    words.insert(words.begin(), recordedProgram("plugins_none"));
    EXPECT_EQ(run(words).status, 0);
    EXPECT_EQ(recover("app.buffer", {"-o", "app.heaptap"}).status, 0);
    return Report(m_folder / "app.heaptap").report();
  }
};

TEST_F(BufferedModules, OpenedByARelativePathHaveTheirNames) {
  plugin("keptByOne", "1.so");
  const json report =
      recordAndRecover({"chdir", m_folder.path(), "open", "./1.so", "chdir", "/", "call", "111"});
  EXPECT_THAT(report.dump(), HasSubstr("keptByOne"));
}

TEST_F(BufferedModules, ThatWereReplacedOrRemovedHaveNoNamesAndANote) {
  const std::string path = plugin("keptByOne", "1.so");
  const std::string other = plugin("keptByOne", "2.so");
  const json report = recordAndRecover({"open", path, "call", "111", "move", plugin("keptByTwo", "3.so"),
                                        path, "open", other, "call", "222", "remove", other});
  EXPECT_THAT(report.at("sites").dump(), testing::Not(HasSubstr("keptBy")));
  EXPECT_THAT(report.at("summary").at("notes").get<std::vector<std::string>>(),
              testing::UnorderedElementsAre(testing::AllOf(HasSubstr(path), HasSubstr("replaced")),
                                            testing::AllOf(HasSubstr(other), HasSubstr("removed"))));
}

}  // namespace
}  // namespace heaptap::test
