// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {

/// Fails unless the report says that something was dropped, and all of it for this reason.
void expectDropsOnlyOf(const nlohmann::json& report, std::string_view reason);
/// A number of these sites, added up.
std::int64_t sum(const std::vector<nlohmann::json>& sites, const char* number);

/// What `heaptap report --json` says of one session.
class Report {
 public:
  explicit Report(const std::filesystem::path& file);

  [[nodiscard]] const nlohmann::json& report() const { return m_report; }
  /// A number of the summary.
  [[nodiscard]] std::int64_t operator[](std::string_view name) const;

  /// Sites whose innermost known function contains `function`.
  [[nodiscard]] std::vector<nlohmann::json> sitesIn(std::string_view function) const;
  /// The only such site; an empty object and a failure when there is none or more than one.
  [[nodiscard]] nlohmann::json siteIn(std::string_view function) const;

  /// Fails unless everything that was recorded adds up: allocations − frees = live blocks, also over the
  /// sites, and nothing was lost.
  void expectConservation() const;

  /// Fails unless something was dropped, and all of it for this reason; all that says so agrees.
  void expectDropsOnlyOf(std::string_view reason) const;

  /// A text of the summary; empty when it is null.
  [[nodiscard]] std::string text(std::string_view name) const;

 protected:
  Report() = default;
  void read(const std::filesystem::path& file);

 private:
  nlohmann::json m_report;
};

/// One recording of one command, and the report of its first image.
class Recording : public Report {
 public:
  /// Runs `argv` under `heaptap run` with the `options` given.
  explicit Recording(const std::vector<std::string>& argv,
                     const std::map<std::string, std::optional<std::string>>& environment = {},
                     std::string_view input = {}, const std::vector<std::string>& options = {});

  [[nodiscard]] const Outcome& outcome() const { return m_outcome; }
  [[nodiscard]] const std::filesystem::path& folder() const { return m_folder.path(); }

 private:
  TemporaryFolder m_folder;
  Outcome m_outcome;
};

/// The reports of all sessions in a folder.
[[nodiscard]] std::vector<Report> reportsIn(const std::filesystem::path& folder);

/// Path of one of the recorded programs (tests/e2e/targets).
[[nodiscard]] std::string recordedProgram(std::string_view name);

/// Line number of the comment `// line: MARK` in that program's source.
[[nodiscard]] int lineOf(std::string_view program, std::string_view mark);

/// What every C++ program here allocates before main: what `does_nothing` does.
[[nodiscard]] const Recording& baseline();

}  // namespace heaptap::test
