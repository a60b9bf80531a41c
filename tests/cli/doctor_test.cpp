// SPDX-License-Identifier: Apache-2.0
//
// What `heaptap doctor` says of programs that compilers of today make, each in one other way.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <fstream>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Words = std::vector<std::string>;

class Doctor : public ::testing::Test {
 protected:
  test::Outcome doctor(Words arguments) const {
    arguments.insert(arguments.begin(), {HEAPTAP_PROGRAM, "doctor"});
    return test::runProcess({.argv = std::move(arguments),
                             .environment = {{"LD_PRELOAD", std::nullopt}, {"DEBUGINFOD_URLS", std::nullopt}},
                             .folder = m_folder.path()});
  }

  /// A program that is compiled with these options.
  std::string program(const Words& options) const {
    const fs::path source = m_folder.path() / "program.c";
    std::ofstream(source) << "int grow(int by) { return by + 1; }\nint main(void) { return grow(-1); }\n";
    Words argv = {"gcc", source.string(), "-o", "program"};
    argv.insert(argv.end(), options.begin(), options.end());
    run(argv);
    return "./program";
  }

  void run(const Words& argv) const {
    const test::Outcome outcome = test::runProcess({.argv = argv, .folder = m_folder.path()});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
  }

  test::TemporaryFolder m_folder;
};

TEST_F(Doctor, LooksAtTheMachine) {
  const test::Outcome outcome = doctor({});
  EXPECT_EQ(outcome.status, 0) << outcome.out;
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("heaptap 0."), HasSubstr("Linux"), HasSubstr("events are timed by"),
                    HasSubstr("limits suffice"), HasSubstr("free in this folder"), Not(HasSubstr("PROBLEM")),
                    Not(HasSubstr("The command"))));
}

TEST_F(Doctor, SaysWhichLimitIsTooLow) {
  const test::Outcome outcome =
      test::runProcess({.argv = {"sh", "-c", "ulimit -d 500000; exec \"$0\" doctor", HEAPTAP_PROGRAM},
                        .folder = m_folder.path()});
  EXPECT_EQ(outcome.status, 8);
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("PROBLEM  programs have less than 1 GiB of data"), HasSubstr("ulimit -d")));
}

TEST_F(Doctor, SaysWhatNamesAProgramHas) {
  EXPECT_THAT(doctor({program({"-g"})}).out,
              AllOf(HasSubstr("./program: can be recorded"),
                    HasSubstr("ok       program: functions, lines and inlined functions\n"),
                    HasSubstr("libc.so.6: ")));
  EXPECT_THAT(doctor({program({})}).out,
              HasSubstr("note     program: functions, no lines\n           → build it with -g"));
  EXPECT_THAT(doctor({program({"-s"})}).out,
              HasSubstr("note     program: only the functions that it exports"));
  EXPECT_THAT(doctor({program({"-g", "-fno-asynchronous-unwind-tables", "-Wl,--gc-sections", "-nostartfiles",
                               "-Wl,-e,main"})})
                  .out,
              HasSubstr("program: has no unwind information"));
}

TEST_F(Doctor, FindsDebugInformationInAFileOfItsOwn) {
  const std::string file = program({"-g"});
  run({"objcopy", "--only-keep-debug", "program", "program.debug"});
  run({"objcopy", "--strip-all", "--add-gnu-debuglink=program.debug", "program"});
  EXPECT_THAT(doctor({file}).out,
              HasSubstr("inlined functions, from " + (m_folder.path() / "program.debug").string()));
}

TEST_F(Doctor, SaysWhichDebugInformationIsNotRead) {
  const std::string compressed = program({"-g"});
  run({"objcopy", "--compress-debug-sections=zstd", "program"});
  EXPECT_THAT(doctor({compressed}).out, HasSubstr("program: functions, lines and inlined functions"));

  const std::string split = program({"-g", "-gsplit-dwarf"});
  EXPECT_THAT(doctor({split}).out, HasSubstr("program: functions, lines and inlined functions"));
  for (const auto& entry : fs::directory_iterator(m_folder.path()))
    if (entry.path().extension() == ".dwo") fs::remove(entry.path());
  EXPECT_THAT(doctor({split}).out, HasSubstr("no lines: they are in .dwo or .dwp files that are not there"));
}

/// With the status that `run` would not have started it for, by the table of all other commands.
TEST_F(Doctor, SaysWhyAProgramCannotBeRecorded) {
  const test::Outcome linked = doctor({program({"-static"})});
  EXPECT_NE(linked.status, 0);
  EXPECT_THAT(linked.out, HasSubstr("PROBLEM  ./program: "));

  const test::Outcome missing = doctor({"no-such-command"});
  EXPECT_EQ(missing.status, 3);
  EXPECT_THAT(missing.out, HasSubstr("PROBLEM  no-such-command: command not found"));

  std::ofstream(m_folder.path() / "garbage") << std::string("\x7f") + "ELF" + std::string(100, '\xff');
  fs::permissions(m_folder.path() / "garbage", fs::perms::owner_all);
  const test::Outcome garbage = doctor({"./garbage"});
  EXPECT_NE(garbage.status, 0);
  EXPECT_THAT(garbage.out, HasSubstr("PROBLEM  ./garbage"));
}

/// What follows the program is the program's.
TEST_F(Doctor, RunsNothingOfTheProgram) {
  std::ofstream(m_folder.path() / "script") << "#!/bin/sh\ntouch ran\n";
  fs::permissions(m_folder.path() / "script", fs::perms::owner_all);
  EXPECT_EQ(doctor({"./script", "--help", "-x"}).status, 0);
  EXPECT_FALSE(fs::exists(m_folder.path() / "ran"));
}

}  // namespace
}  // namespace heaptap::cli
