// SPDX-License-Identifier: Apache-2.0
//
// `heaptap check` and `heaptap run --check` over real programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/gate/session_files.h"

namespace heaptap {
namespace {

using test::gatedProgram;
using test::Outcome;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr int kFailed = 10;

class Check : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) {
    return sessions.folder().write(name, text).string();
  }
  std::string record(const std::string& name, const std::string& program, const std::string& argument = "0") {
    return sessions.record(name, {gatedProgram(program), argument});
  }
  test::SessionFiles sessions;
};

TEST_F(Check, AProgramThatLeaksFailsAndOneThatDoesNotPasses) {
  const Outcome leaky = sessions.heaptap({"check", record("leaky", "grows_gcc_O0")});
  EXPECT_EQ(leaky.status, kFailed);
  EXPECT_EQ(leaky.err, "");
  EXPECT_THAT(leaky.out, AllOf(HasSubstr("leaks 300 B in 3 blocks, allocated by parse"),
                               HasSubstr("grows.cpp:"), HasSubstr("FAILED: 1 of 3 checks of 1 session")));
  const Outcome clean = sessions.heaptap({"check", record("clean", "frees_all")});
  EXPECT_EQ(clean.status, 0) << clean.out;
  EXPECT_THAT(clean.out, HasSubstr("passed: 3 checks of 1 session"));
}

TEST_F(Check, InOneStepTheStatusIsTheCommandsOwnOrTheGates) {
  const auto run = [this](std::vector<std::string> command, std::vector<std::string> options = {}) {
    options.insert(options.begin(),
                   {"run", "-q", "--force", "-o", (sessions.folder() / "run.heaptap").string(), "--check"});
    options.push_back("--");
    options.insert(options.end(), command.begin(), command.end());
    return sessions.heaptap(options);
  };
  const Outcome leaky = run({gatedProgram("grows_gcc_O0")});
  EXPECT_EQ(leaky.status, kFailed);
  EXPECT_EQ(leaky.out, "");
  EXPECT_THAT(leaky.err, HasSubstr("allocated by parse"));
  EXPECT_EQ(run({gatedProgram("frees_all")}).status, 0);
  EXPECT_EQ(run({gatedProgram("frees_all"), "7"}).status, 7);
  EXPECT_EQ(run({gatedProgram("leaks_and_fails")}).status, 3);
  EXPECT_EQ(run({"/no/such/program"}).status, 127);
  // What cannot be read is said before COMMAND starts.
  const Outcome wrong = run({"touch", (sessions.folder() / "started").string()},
                            {"--policy", file("bad.toml", "[limits]\nleek = 1\n")});
  EXPECT_EQ(wrong.status, 125);
  EXPECT_THAT(wrong.err, AllOf(StartsWith("heaptap: "), HasSubstr("bad.toml:2:1: 'leek' is no key here")));
  EXPECT_FALSE(std::filesystem::exists(sessions.folder() / "started"));
}

TEST_F(Check, ChildrenAreCheckedToo) {
  const Outcome outcome =
      sessions.heaptap({"run", "-q", "--check", "--suppressions", file("dash.supp", "leak:dash\n"), "--",
                        "sh", "-c", gatedProgram("grows_gcc_O0") + "; exit 0"});
  EXPECT_EQ(outcome.status, kFailed);
  EXPECT_THAT(outcome.err, HasSubstr("FAILED  grows_gcc_O0: leaked bytes"));
}

TEST_F(Check, ARecordThatHasSampledNothingProvesNothing) {
  const auto run = [this](std::vector<std::string> options) {
    options.insert(options.begin(), {"run", "-q", "--force", "--sample", "1GiB", "-o",
                                     (sessions.folder() / "sampled.heaptap").string(), "--check"});
    options.insert(options.end(), {"--", gatedProgram("grows_gcc_O0")});
    return sessions.heaptap(options);
  };
  const Outcome outcome = run({});
  EXPECT_EQ(outcome.status, kFailed);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("leaked bytes may be as many as"),
                                 HasSubstr("does not prove that they are at most 0 B")));
  EXPECT_EQ(run({"--policy", file("limit.toml", "[limits]\nleaked = \"1 GiB\"\n")}).status, 0)
      << "that much was not allocated";
  const Outcome report = sessions.heaptap({"report", (sessions.folder() / "sampled.heaptap").string()});
  EXPECT_THAT(report.out,
              AllOf(HasSubstr("No block that was sampled is left, but"), Not(HasSubstr("othing leaks")),
                    HasSubstr(" blocks, which are counted, of at most ")));
}

TEST_F(Check, APolicyAllowsAndForbids) {
  const std::string session = record("session", "grows_gcc_O0", "1000");
  const auto statusWith = [&](const std::string& policy) {
    return sessions.heaptap({"check", "--policy", file("policy.toml", policy), session}).status;
  };
  EXPECT_EQ(statusWith("[limits]\nleaked = \"1 KiB\"\n"), 0);
  EXPECT_EQ(statusWith("[limits]\nleaked = 400\n"), kFailed);
  EXPECT_EQ(statusWith("[limits]\nleaked = \"any\"\nallocations = 10\n"), kFailed);
  EXPECT_EQ(statusWith("[limits]\nleaked = \"any\"\ntemporary = 999\n"), kFailed);
  EXPECT_EQ(statusWith("[limits]\nleaked = \"any\"\n[[rule]]\nfunction = \"parse\"\nleaked = 299\n"),
            kFailed);
  EXPECT_EQ(statusWith("[limits]\nleaked = \"any\"\n[[rule]]\nfunction = \"parse\"\nleaked = 300\n"), 0);
  EXPECT_EQ(statusWith("[limits]\nleaked = \"any\"\n[[rule]]\nfile = \"grows.cpp\"\nallocations = 1\n"),
            kFailed);
  (void)file("known.supp", "leak:grows\n");
  EXPECT_EQ(statusWith("suppressions = [\"known.supp\"]\n"), 0);
  EXPECT_EQ(statusWith("suppressions = [\"missing.supp\"]\n"), 3);
  EXPECT_EQ(statusWith("[limits]\nleaked = }\n"), 2);
}

TEST_F(Check, ABaselineLetsWhatIsKnownPass) {
  const std::string before = record("before", "grows_gcc_O0");
  const std::string after = record("after", "grows_gcc_newer");
  const std::string baseline = (sessions.folder() / "baseline.json").string();
  EXPECT_EQ(sessions.heaptap({"check", "--write-baseline", baseline, before}).status, 0);
  for (const std::string& known : {baseline, before}) {
    EXPECT_EQ(sessions.heaptap({"check", "--baseline", known, before}).status, 0);
    const auto verdict = sessions.json({"check", "--baseline", known, "--format", "json", after}, kFailed);
    std::string messages;
    for (const auto& check : verdict["checks"])
      for (const auto& violation : check["violations"])
        messages += violation["message"].get<std::string>() + "\n";
    EXPECT_THAT(messages,
                AllOf(HasSubstr("none in the baseline, allocated by remember"),
                      HasSubstr("leaks 500 B in 5 blocks, 300 B in the baseline, allocated by parse"),
                      Not(HasSubstr("hold"))));
  }
}

TEST_F(Check, WhileABaselineIsWrittenNothingFails) {
  const std::string session = record("session", "grows_gcc_O0");
  const std::string baseline = (sessions.folder() / "it's new.json").string();
  const Outcome written = sessions.heaptap({"check", "--write-baseline", baseline, session});
  EXPECT_EQ(written.status, 0);
  EXPECT_THAT(written.out, AllOf(HasSubstr("passed: 3 checks of 1 session"), Not(HasSubstr("FAILED")),
                                 Not(HasSubstr("allocated by"))));
  EXPECT_THAT(written.err, AllOf(StartsWith("heaptap: wrote " + baseline + ": 1 run of grows_gcc_O0; next: "),
                                 HasSubstr("heaptap check --baseline '"), HasSubstr(" SESSION\n")));
  EXPECT_EQ(sessions.heaptap({"check", "--baseline", baseline, session}).status, 0);
  // What the policy says holds with a baseline, too: that is told, and does not fail now.
  const std::string policy = file("limits.toml", "[limits]\nallocations = 1\nleaked = 0\n");
  const auto verdict = sessions.json(
      {"check", "-q", "--policy", policy, "--write-baseline", baseline, "--format", "json", session});
  EXPECT_TRUE(verdict["passed"].get<bool>());
  EXPECT_THAT(verdict["notes"].dump(),
              AllOf(HasSubstr("a baseline does not change this: grows_gcc_O0, allocations: at most 1: "),
                    HasSubstr("leaked bytes: at most 0 B: leaks 300 B in 3 blocks")));
  EXPECT_EQ(sessions.heaptap({"check", "--policy", policy, "--baseline", baseline, session}).status, kFailed);
  // Against an older one it is told what is worse.
  const Outcome newer =
      sessions.heaptap({"check", "--baseline", baseline, "--write-baseline",
                        (sessions.folder() / "newer.json").string(), record("newer", "grows_gcc_newer")});
  EXPECT_EQ(newer.status, 0);
  EXPECT_THAT(newer.out, AllOf(HasSubstr("worse than in the older baseline: "), Not(HasSubstr("FAILED"))));
  // A file that cannot be written is the only thing that fails.
  const Outcome full = sessions.heaptap({"check", "--write-baseline", "/dev/full", session});
  EXPECT_EQ(full.status, 7) << full.err;
}

TEST_F(Check, InOneStepABaselineIsWrittenLikewise) {
  const std::string baseline = (sessions.folder() / "b.json").string();
  const auto run = [&](const std::string& option, const std::vector<std::string>& quiet = {}) {
    std::vector<std::string> words{"run", "--force", "-o", (sessions.folder() / "run.heaptap").string()};
    words.insert(words.end(), quiet.begin(), quiet.end());
    words.insert(words.end(), {"--check", option, baseline, "--", gatedProgram("grows_gcc_O0")});
    return sessions.heaptap(words);
  };
  const Outcome missing = run("--baseline");
  EXPECT_EQ(missing.status, 125);
  EXPECT_THAT(missing.err,
              AllOf(HasSubstr("to make it: heaptap check --write-baseline " + baseline + " SESSION")));
  const Outcome written = run("--write-baseline");
  EXPECT_EQ(written.status, 0);
  EXPECT_THAT(written.err, AllOf(HasSubstr("heaptap: wrote " + baseline), Not(HasSubstr("FAILED"))));
  EXPECT_THAT(run("--write-baseline", {"-q"}).err, Not(HasSubstr("wrote")));
  EXPECT_EQ(run("--baseline").status, 0);
}

TEST_F(Check, AFailureIsSaidAlsoWhereAllFormatsAreFiles) {
  const std::string session = record("session", "grows_gcc_O0");
  const Outcome failed =
      sessions.heaptap({"check", "--format", "sarif=" + (sessions.folder() / "s").string(), session});
  EXPECT_EQ(failed.status, kFailed);
  EXPECT_EQ(failed.err,
            "heaptap: FAILED: 1 of 3 checks of 1 session; next: heaptap report " + session + "\n");
  EXPECT_EQ(failed.out, "");
}

TEST_F(Check, WhatAProgramSuppressesItselfPasses) {
  EXPECT_EQ(sessions.heaptap({"check", sessions.record("known", {gatedProgram("knows_its_leak")})}).status,
            0);
  const Outcome other =
      sessions.heaptap({"check", sessions.record("other", {gatedProgram("knows_its_leak"), "more"})});
  EXPECT_EQ(other.status, kFailed);
  EXPECT_THAT(other.out, AllOf(HasSubstr("leaks 30 B in 1 block, allocated by forget"),
                               Not(HasSubstr("allocated by keepOnPurpose"))));
}

TEST_F(Check, SeveralRunsTellNoiseFromChange) {
  const std::string policy =
      file("policy.toml", "[limits]\nleaked = \"any\"\n[growth]\nallocations = \"1 %\"\n");
  std::vector<std::string> write{"check", "--write-baseline", (sessions.folder() / "b.json").string()};
  for (const char* times : {"100", "300", "200"})
    write.push_back(record(std::string("b") + times, "grows_gcc_O2", times));
  EXPECT_EQ(sessions.heaptap(write).status, 0);
  const auto statusOf = [&](const std::string& times) {
    return sessions
        .heaptap({"check", "--policy", policy, "--baseline", (sessions.folder() / "b.json").string(),
                  record("a" + times, "grows_gcc_O2", times)})
        .status;
  };
  EXPECT_EQ(statusOf("390"), 0);
  EXPECT_EQ(statusOf("1000"), kFailed);
}

TEST_F(Check, WritesSeveralFormatsAtOnce) {
  const std::string session = record("session", "grows_gcc_O0");
  std::vector<std::string> arguments{"check", "--root", GATED_SOURCES, "--format", "text", session};
  const std::vector<std::string> formats{"sarif", "junit", "gitlab", "github"};
  for (const std::string& format : formats) {
    arguments.emplace_back("--format");
    arguments.push_back(format + "=" + (sessions.folder() / format).string());
  }
  const Outcome outcome = sessions.heaptap(arguments);
  EXPECT_EQ(outcome.status, kFailed);
  EXPECT_THAT(outcome.out, HasSubstr("FAILED: 1 of 3 checks"));
  for (const std::string& format : formats) {
    const Outcome read = test::runProcess(
        {.argv = {HEAPTAP_SYSTEM_PYTHON, READ_VERDICT, format, (sessions.folder() / format).string()}});
    EXPECT_EQ(read.status, 0) << read.err;
    const auto understood = nlohmann::json::parse(read.out, nullptr, false);
    EXPECT_EQ(understood["violations"], format == "junit" ? 1 : 3) << format;
    if (format != "junit") {
      EXPECT_THAT(understood["places"][0].get<std::string>(), StartsWith("targets/grows.cpp:"));
    }
  }
  for (const std::string format : {"sarif", "junit"}) {
    const std::string exported = (sessions.folder() / ("exported." + format)).string();
    EXPECT_EQ(sessions.heaptap({"export", "--format", format, "-o", exported, session}).status, 0);
    EXPECT_EQ(test::runProcess({.argv = {HEAPTAP_SYSTEM_PYTHON, READ_VERDICT, format, exported}}).status, 0);
  }
}

TEST_F(Check, WrongUsesAreOneLineWithARemedy) {
  const std::string session = record("session", "frees_all");
  const std::vector<std::pair<std::vector<std::string>, int>> uses{
      {{"check"}, 2},
      {{"check", "missing.heaptap"}, 3},
      {{"check", "--policy", "missing.toml", session}, 3},
      {{"check", "--policy", ".", session}, 3},
      {{"check", "--baseline", file("b.json", "{}"), session}, 2},
      {{"check", "--suppressions", file("s.supp", "leek:x\n"), session}, 2},
      {{"check", "--format", "html", session}, 2},
      {{"check", "--format", "json", "--format", "text", session}, 2},
      {{"check", "--format", "json=", session}, 2},
      {{"check", "--format", "json=/no/such/folder/x", session}, 3},
      {{"check", "--format", "json=/dev/full", session}, 7},
      {{"run", "--policy", "x.toml", "--", "true"}, 125},
  };
  for (const auto& [arguments, status] : uses) {
    const Outcome outcome = sessions.heaptap(arguments);
    EXPECT_EQ(outcome.status, status) << testing::PrintToString(arguments) << outcome.err;
    EXPECT_THAT(outcome.err, StartsWith("heaptap: "));
    EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1) << outcome.err;
  }
}

}  // namespace
}  // namespace heaptap
