// SPDX-License-Identifier: Apache-2.0
//
// What is made from the program's help, in the shells and in the man that read it.
#include <gmock/gmock.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

using Words = std::vector<std::string>;

std::string outputOf(Words arguments, const fs::path& folder = fs::temp_directory_path()) {
  const test::Outcome outcome = test::runProcess({.argv = std::move(arguments), .folder = folder});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  return outcome.out;
}

Words linesOf(const std::string& text) {
  std::istringstream stream(text);
  Words lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// A shell that has read what `heaptap completion SHELL` prints.
class Completion : public ::testing::Test {
 protected:
  fs::path script(const std::string& shell, const std::string& name) const {
    const fs::path file = m_folder.path() / name;
    std::ofstream(file) << outputOf({HEAPTAP_PROGRAM, "completion", shell});
    return file;
  }

  /// What bash offers for the last of the words.
  Words bash(const Words& words) const {
    Words arguments = {
        "bash",
        "--norc",
        "-c",
        "source \"$1\" && shift && COMP_WORDS=(\"$@\") && COMP_CWORD=$(($# - 1)) && _heaptap &&"
        " printf '%s\\n' \"${COMPREPLY[@]}\"",
        "bash",
        script("bash", "heaptap").string()};
    arguments.insert(arguments.end(), words.begin(), words.end());
    return linesOf(outputOf(arguments, m_folder.path()));
  }

  /// What fish offers for a line, without descriptions.
  Words fish(const std::string& line) const {
    Words offers = linesOf(outputOf({"fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]",
                                     script("fish", "heaptap.fish").string(), line},
                                    m_folder.path()));
    for (std::string& offer : offers) offer = offer.substr(0, offer.find('\t'));
    return offers;
  }

  /// What zsh offers for a line: what its completion hands to compadd, which is where it is written down. The
  /// last is a word that is written once it is over, so that nothing is waited for that may not come.
  Words zsh(const std::string& line) const {
    script("zsh", "_heaptap");
    const fs::path offers = m_folder.path() / ".offers";
    m_folder.write(".offers", "");
    m_folder.write(".begin", R"(PS1= PS2=
fpath=($PWD $fpath)
autoload -Uz compinit && compinit -u -D
compadd() {
  # With -O or -A it only asks; what it would offer is asked for in the same way.
  if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
    local -a found
    builtin compadd -A found "$@"
    print -rl -- $found >> .offers
  fi
  builtin compadd "$@"
}
offer() { zle complete-word; print -r -- over >> .offers; print -r -- ov''er }
zle -N offer
bindkey '^I' offer
)");
    constexpr const char* kSession = R"(zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "cd ${(q)PWD} && source ./.begin && print rea''dy"
zpty -r shell shown '*ready*'
zpty -w -n shell "heaptap $1"$'\t'
zpty -r shell shown '*over*'
zpty -d shell)";
    outputOf({"timeout", "60", "zsh", "-f", "-c", kSession, "zsh", line}, m_folder.path());
    Words offered = linesOf(test::readFile(offers));
    EXPECT_THAT(offered, Contains("over"));
    return offered;
  }

  test::TemporaryFolder m_folder;
};

TEST_F(Completion, InBashKnowsCommandsOptionsAndValues) {
  EXPECT_THAT(bash({"heaptap", "re"}), ElementsAre("recover", "report", "resume"));
  EXPECT_THAT(bash({"heaptap", "report", "--le"}), ElementsAre("--leaks"));
  EXPECT_THAT(bash({"heaptap", "export", "--cost", "l"}), ElementsAre("live", "leaked"));
  // As the shell splits --cost=l.
  EXPECT_THAT(bash({"heaptap", "export", "--cost", "=", "l"}), ElementsAre("live", "leaked"));
  EXPECT_THAT(bash({"heaptap", "export", "-f", "js"}), ElementsAre("json"));
  EXPECT_THAT(bash({"heaptap", "report", "--color", "=", "a"}), ElementsAre("auto", "always"));
  EXPECT_THAT(bash({"heaptap", "top", "--sort", "p"}), ElementsAre("peak"));
}

TEST_F(Completion, InBashOffersFilesWhereASessionIsMeant) {
  std::ofstream(m_folder.path() / "app.4711.heaptap") << "";
  EXPECT_THAT(bash({"heaptap", "report", "app"}), ElementsAre("app.4711.heaptap"));
  EXPECT_THAT(bash({"heaptap", "report", "--json", "app"}), ElementsAre("app.4711.heaptap"));
}

TEST_F(Completion, OffersSessionsAndFoldersAndNoOtherFilesWhereThereAreSome) {
  for (const char* const name : {"app.4711.heaptap", "app.cpp", "app with blank.heaptap"})
    std::ofstream(m_folder.path() / name) << "";
  fs::create_directory(m_folder.path() / "apps");
  for (const std::string command : {"report", "check", "diff", "export"})
    EXPECT_THAT(bash({"heaptap", command, "app"}),
                UnorderedElementsAre("app.4711.heaptap", "app with blank.heaptap", "apps"))
        << command;
  EXPECT_THAT(bash({"heaptap", "check", "--policy", "app"}), Contains("app.cpp"));
  EXPECT_THAT(bash({"heaptap", "check", "--baseline", "app"}), Contains("app.cpp"));
  EXPECT_THAT(bash({"heaptap", "report", "app.c"}), ElementsAre("app.cpp")) << "called otherwise";
  const Words offered = fish("heaptap report app");
  EXPECT_THAT(offered, IsSupersetOf({"app.4711.heaptap", "apps/"}));
  EXPECT_THAT(offered, Not(Contains("app.cpp")));
  for (const std::string line : {"report app", "report --json app", "diff app.4711.heaptap app"}) {
    const Words inZsh = zsh(line);
    EXPECT_THAT(inZsh, IsSupersetOf({"app.4711.heaptap", R"(app\ with\ blank.heaptap)", "apps"})) << line;
    EXPECT_THAT(inZsh, Not(Contains("app.cpp"))) << line;
  }
  EXPECT_THAT(zsh("report app.c"), Contains("app.cpp")) << "called otherwise";
  EXPECT_THAT(zsh("check --policy app"), Contains("app.cpp"));
}

TEST_F(Completion, InBashLeavesTheCommandOfRunToItself) {
  EXPECT_THAT(bash({"heaptap", "run", "--ex"}), ElementsAre("--exact"));
  EXPECT_THAT(bash({"heaptap", "run", "-o", "x.heaptap", "bash"}), Contains("bash"));
  EXPECT_THAT(bash({"heaptap", "run", "--", "bash"}), Contains("bash"));
  // The options of what is recorded are none of heaptap's.
  EXPECT_THAT(bash({"heaptap", "run", "ls", "--exact", "--ex"}), Not(Contains("--exact")));
}

TEST_F(Completion, InFishKnowsCommandsOptionsAndValues) {
  EXPECT_THAT(fish("heaptap re"), ElementsAre("recover", "report", "resume"));
  EXPECT_THAT(fish("heaptap report --le"), ElementsAre("--leaks"));
  EXPECT_THAT(fish("heaptap export --cost l"), IsSupersetOf({"live", "leaked"}));
  EXPECT_THAT(fish("heaptap run --ex"), ElementsAre("--exact"));
  EXPECT_THAT(fish("heaptap run bas"), Contains("bash"));
}

TEST_F(Completion, InZshKnowsCommandsOptionsAndValues) {
  EXPECT_THAT(zsh("reco"), Contains("recover"));
  EXPECT_THAT(zsh("reco"), Not(Contains("report")));
  EXPECT_THAT(zsh("export --cost leak"), Contains("leaked"));
  EXPECT_THAT(zsh("run --exa"), Contains("--exact"));
}

TEST_F(Completion, OfAnUnknownShellIsAnError) {
  const test::Outcome outcome = test::runProcess({.argv = {HEAPTAP_PROGRAM, "completion", "tcsh"}});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, StartsWith("heaptap: completion: "));
}

/// The pages of the programs that do not make their own.
TEST_F(Completion, TheManualOfTheOtherProgramsHasAllOptionsOfTheirHelp) {
  const std::pair<std::string, std::string> programs[] = {{"heaptapd", HEAPTAP_DAEMON},
                                                          {"heaptap-relay", HEAPTAP_RELAY_PROGRAM}};
  for (const auto& [name, program] : programs) {
    const std::string page = std::string(HEAPTAP_SOURCE_FOLDER) + "/packaging/man/" + name + ".1";
    const test::Outcome shown =
        test::runProcess({.argv = {"man", "--warnings", "-l", page}, .environment = {{"MANWIDTH", "200"}}});
    EXPECT_EQ(shown.status, 0) << name;
    EXPECT_EQ(shown.err, "") << name;
    EXPECT_THAT(shown.out, HasSubstr(name + " - "));
    const std::string help = outputOf({program, "--help"});
    const auto optionsIn = [](const std::string& text) {
      std::set<std::string> options;
      static const std::regex kOption("(?:^|\\n) +(?:-\\w,? ?)?(--[a-z][a-z-]+)");
      for (std::sregex_iterator each(text.begin(), text.end(), kOption), end; each != end; ++each)
        options.insert((*each)[1]);
      return options;
    };
    EXPECT_EQ(optionsIn(shown.out.substr(shown.out.find("OPTIONS\n"))),
              optionsIn(help.substr(help.find("Options:"))))
        << name;
  }
}

/// The pages that the build makes.
TEST_F(Completion, TheManualHasAPageForEachCommand) {
  outputOf({HEAPTAP_PROGRAM, "manual", m_folder.path().string()});
  const std::string help = outputOf({HEAPTAP_PROGRAM, "--help"});
  std::size_t pages = 0;
  for (const auto& entry : fs::directory_iterator(m_folder.path())) {
    ++pages;
    const std::string name = entry.path().stem().string();
    // Roff has nothing to say against it.
    const test::Outcome shown = test::runProcess(
        {.argv = {"man", "--warnings", "-l", entry.path().string()}, .environment = {{"MANWIDTH", "200"}}});
    EXPECT_EQ(shown.status, 0) << name;
    EXPECT_EQ(shown.err, "") << name;
    EXPECT_THAT(shown.out, HasSubstr(name + " - ")) << name;
    if (name == "heaptap") continue;
    EXPECT_THAT(help, HasSubstr("\n  " + name.substr(sizeof("heaptap-") - 1) + ' '));
  }
  EXPECT_GT(pages, 10U);
  EXPECT_THAT(outputOf({"man", "-P", "cat", "-l", (m_folder.path() / "heaptap-run.1").string()}),
              HasSubstr("heaptap run jq . big.json"));
}

}  // namespace
}  // namespace heaptap::cli
