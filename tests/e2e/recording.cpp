// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/recording.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "tests/support/spelled_out.h"

namespace heaptap::test {

Recording::Recording(const std::vector<std::string>& argv,
                     const std::map<std::string, std::optional<std::string>>& environment,
                     std::string_view input, const std::vector<std::string>& options) {
  const std::string file = m_folder / "recording.heaptap";
  std::vector<std::string> run{HEAPTAP_COMMAND, "run", "-q", "-o", file};
  run.insert(run.end(), options.begin(), options.end());
  run.emplace_back("--");
  run.insert(run.end(), argv.begin(), argv.end());
  m_outcome = runProcess({.argv = run, .environment = environment, .folder = m_folder.path()}, input);
  SCOPED_TRACE("the run said: " + m_outcome.err);
  read(file);
}

Report::Report(const std::filesystem::path& file) { read(file); }

void Report::read(const std::filesystem::path& file) {
  const Outcome report = runProcess({.argv = {HEAPTAP_COMMAND, "report", "--json", file}});
  EXPECT_EQ(report.status, 0) << report.err;
  // What was counted beside the program is what its events say.
  const Outcome verified = runProcess({.argv = {HEAPTAP_COMMAND, "verify", "-q", file}});
  EXPECT_EQ(verified.status, 0) << verified.out << verified.err;
  m_report = reportIn(report.out);
  EXPECT_FALSE(m_report.is_discarded()) << report.out.substr(0, 1000);
  if (!m_report.contains("summary"))
    m_report = {{"summary", nlohmann::json::object()}, {"sites", nlohmann::json::array()}};
}

std::int64_t Report::operator[](std::string_view name) const {
  const auto& summary = m_report.at("summary");
  const auto found = summary.find(name);
  if (found == summary.end() || !found->is_number()) {
    ADD_FAILURE() << name << " is no number in " << summary;
    return -1;
  }
  return found->get<std::int64_t>();
}

std::vector<nlohmann::json> Report::sitesIn(std::string_view function) const {
  std::vector<nlohmann::json> found;
  for (const auto& site : m_report.at("sites")) {
    const auto& stack = site.at("stack");
    if (stack.empty() || !stack[0].at("function").is_string()) continue;
    if (stack[0]["function"].get<std::string>().find(function) != std::string::npos) found.push_back(site);
  }
  return found;
}

nlohmann::json Report::siteIn(std::string_view function) const {
  const auto found = sitesIn(function);
  if (found.size() == 1) return found[0];
  ADD_FAILURE() << found.size() << " sites in " << function << ":\n"
                << m_report.at("sites").dump(1).substr(0, 4000);
  return nlohmann::json{{"stack", nlohmann::json::array()}};
}

std::int64_t sum(const std::vector<nlohmann::json>& sites, const char* number) {
  std::int64_t total = 0;
  for (const nlohmann::json& site : sites) total += site.at(number).get<std::int64_t>();
  return total;
}

void expectDropsOnlyOf(const nlohmann::json& report, std::string_view reason) {
  const auto& summary = report.at("summary");
  const auto& drops = summary.at("drops");
  ASSERT_EQ(drops.size(), 1U) << drops;
  EXPECT_EQ(drops[0].value("reason", ""), reason);
  for (const auto& [ofReason, ofAll] :
       {std::pair{"allocations", "droppedAllocations"}, std::pair{"bytes", "droppedBytes"},
        std::pair{"frees", "droppedFrees"}})
    EXPECT_EQ(drops[0].at(ofReason), summary.at(ofAll));
  const auto& notes = summary.at("notes");
  EXPECT_EQ(std::count_if(notes.begin(), notes.end(),
                          [](const auto& note) {
                            return note.template get<std::string>().find(" were dropped because ") !=
                                   std::string::npos;
                          }),
            1)
      << notes;
}

void Report::expectDropsOnlyOf(std::string_view reason) const { test::expectDropsOnlyOf(m_report, reason); }

void Report::expectConservation() const {
  EXPECT_EQ((*this)["allocations"] - (*this)["frees"], (*this)["leakedBlocks"]);
  EXPECT_EQ((*this)["unmatchedFrees"], 0);
  EXPECT_EQ((*this)["droppedEvents"], 0);
  EXPECT_EQ((*this)["lostFrees"], 0);
  std::int64_t allocations = 0;
  std::int64_t liveBytes = 0;
  std::int64_t peakBytes = 0;
  std::int64_t temporaries = 0;
  for (const auto& site : m_report.at("sites")) {
    allocations += site.at("allocations").get<std::int64_t>();
    liveBytes += site.at("bytes").get<std::int64_t>();
    peakBytes += site.at("peakBytes").get<std::int64_t>();
    temporaries += site.at("temporaries").get<std::int64_t>();
  }
  EXPECT_EQ(allocations, (*this)["allocations"]);
  EXPECT_EQ(liveBytes, (*this)["leakedBytes"]);
  EXPECT_EQ(peakBytes, (*this)["peakBytes"]);
  EXPECT_EQ(temporaries, (*this)["temporaryAllocations"]);
}

std::string Report::text(std::string_view name) const {
  const auto& value = m_report.at("summary").at(std::string(name));
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::vector<Report> reportsIn(const std::filesystem::path& folder) {
  std::vector<Report> reports;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".heaptap") reports.emplace_back(entry.path());
  return reports;
}

std::string recordedProgram(std::string_view name) { return std::string(RECORDED_PROGRAMS "/").append(name); }

int lineOf(std::string_view program, std::string_view mark) {
  std::istringstream source(
      readFile(std::filesystem::path(RECORDED_SOURCES) / (std::string(program) + ".cpp")));
  std::string line;
  for (int number = 1; std::getline(source, line); ++number) {
    if (line.ends_with("// line: " + std::string(mark))) return number;
  }
  ADD_FAILURE() << "no line is marked " << mark << " in " << program;
  return 0;
}

const Recording& baseline() {
  static const Recording recording({recordedProgram("does_nothing")});
  return recording;
}

}  // namespace heaptap::test
