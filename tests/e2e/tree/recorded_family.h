// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/recording.h"
#include "tests/support/child_process.h"
#include "tests/support/spelled_out.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {

/// A recorded run of several programs, to be asked as one.
class RecordedTree {
 public:
  /// `ended`: a command that says `waiting` is told to go on when so many sessions are complete.
  explicit RecordedTree(const std::vector<std::string>& command, int ended = 0) {
    std::vector<std::string> argv{HEAPTAP_COMMAND, "run", "-q", "-o", root(), "--"};
    argv.insert(argv.end(), command.begin(), command.end());
    ChildProcess run({.argv = argv});
    if (ended != 0 && run.waitForOutput("waiting")) {
      while (complete() < ended) continue;
      run.writeInput("\n");
    }
    m_outcome = run.finish();
  }

  [[nodiscard]] const Outcome& outcome() const { return m_outcome; }
  [[nodiscard]] const std::filesystem::path& folder() const { return m_folder.path(); }
  [[nodiscard]] std::string root() const { return m_folder / "run.heaptap"; }
  [[nodiscard]] std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder()))
      if (entry.path().extension() == ".heaptap") files.push_back(entry.path());
    return files;
  }

  /// How many sessions have ended, and are stored whole.
  [[nodiscard]] int complete() const {
    const std::string listed = runProcess({.argv = {HEAPTAP_COMMAND, "ls", folder()}}).out;
    int count = 0;
    for (std::size_t at = 0; (at = listed.find("  complete  ", at)) != std::string::npos; ++at) ++count;
    return count;
  }

  /// `heaptap COMMAND --tree`.
  [[nodiscard]] Outcome ask(const char* command, const std::vector<std::string>& options,
                            const std::string& session = {}) const {
    std::vector<std::string> argv{HEAPTAP_COMMAND, command, "--tree", session.empty() ? root() : session};
    argv.insert(argv.end(), options.begin(), options.end());
    return runProcess({.argv = argv});
  }
  [[nodiscard]] Outcome report(const std::vector<std::string>& options,
                               const std::string& session = {}) const {
    return ask("report", options, session);
  }
  [[nodiscard]] std::string text(const std::vector<std::string>& options = {},
                                 const std::string& session = {}) const {
    const Outcome outcome = report(options, session);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return outcome.out;
  }
  [[nodiscard]] nlohmann::json tree(std::vector<std::string> options = {},
                                    const std::string& session = {}) const {
    options.emplace_back("--json");
    const Outcome outcome = report(options, session);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out);
  }

  /// The sites, each with its stack spelled out and the number of its processes.
  static nlohmann::json rows(const nlohmann::json& report) {
    nlohmann::json sites = spelledOut(report).at("sites");
    for (std::size_t i = 0; i < sites.size(); ++i) sites[i]["processes"] = report.at("siteProcesses").at(i);
    return sites;
  }
  /// The only site of a function; one without numbers where there is none.
  static nlohmann::json siteAt(const nlohmann::json& report, const std::string& function) {
    nlohmann::json found = {{"bytes", 0}, {"blocks", 0}, {"allocations", 0}, {"processes", 0}};
    int count = 0;
    for (const nlohmann::json& site : rows(report)) {
      if (site.at("stack").dump().find(function) == std::string::npos) continue;
      found = site;
      ++count;
    }
    EXPECT_LE(count, 1) << function;
    return found;
  }
  static std::int64_t bytesAt(const nlohmann::json& report, const std::string& function) {
    return siteAt(report, function).at("bytes").get<std::int64_t>();
  }
  static std::int64_t sumOf(const nlohmann::json& report, const char* number) {
    std::int64_t sum = 0;
    for (const nlohmann::json& each : report.at("processes")) sum += each.at(number).get<std::int64_t>();
    return sum;
  }

 private:
  TemporaryFolder m_folder;
  Outcome m_outcome;
};

/// The program `family`: a process, a forked child, and a second one that becomes another program.
class RecordedFamily : public testing::Test, public RecordedTree {
 protected:
  RecordedFamily() : RecordedTree({recordedProgram("family"), recordedProgram("does_nothing")}, 3) {
    EXPECT_EQ(outcome().status, 0) << outcome().err;
  }
};

}  // namespace heaptap::test
