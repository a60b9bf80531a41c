// SPDX-License-Identifier: Apache-2.0
#include "cli/check/gate.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "analysis/policy/judge.h"
#include "base/text_file.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "cli/session_source.h"
#include "export/verdict/verdict_text.h"
#include "text/quantity.h"
#include "text/shell_word.h"

namespace heaptap::cli {
namespace fs = std::filesystem;
namespace {

/// Sessions are SQLite files, which begin so.
bool isSession(std::string_view content) { return content.starts_with("SQLite format 3"); }

/// `file` as it is named in the file `from`.
std::string relativeTo(const std::string& from, const std::string& file) {
  return file == "-" ? file : (fs::path(from).parent_path() / file).string();
}

/// Standard error, where a failure to write could be reported nowhere.
class ErrorOutput : public exporting::Sink {
 public:
  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = ::write(STDERR_FILENO, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
};

}  // namespace

Result<void> Gate::readTargets(const GateOptions& options) {
  bool isOutputUsed = false;
  for (const std::string& text :
       options.formats.empty() ? std::vector<std::string>{"text"} : options.formats) {
    const std::size_t equals = text.find('=');
    const auto format = exporting::verdictFormatNamed(text.substr(0, equals));
    if (!format) return tl::unexpected(format.error());
    const std::string file = equals == std::string::npos ? std::string() : text.substr(equals + 1);
    if (equals != std::string::npos && file.empty())
      return failure(Code::Usage, "--format " + text, "the file is missing",
                     "write it like --format junit=heaptap.xml");
    if (file.empty() && isOutputUsed)
      return failure(Code::Usage, "--format " + text, "two formats for standard output",
                     "give one a file: --format " + text + "=FILE");
    isOutputUsed = isOutputUsed || file.empty();
    m_targets.push_back({.format = *format, .file = file});
  }
  std::error_code error;
  const fs::path root = options.root.empty() ? fs::current_path(error) : fs::absolute(options.root, error);
  m_style.root = root.lexically_normal().string();
  if (m_style.root.size() > 1 && m_style.root.back() == '/') m_style.root.pop_back();
  return {};
}

Result<void> Gate::readLeakRules(const GateOptions& options) {
  SuppressionOptions all = options.suppressions;
  for (const std::string& file : m_policy.suppressions) all.files.push_back(relativeTo(options.policy, file));
  auto read = cli::readLeakRules(all);
  if (!read) return tl::unexpected(std::move(read.error()));
  m_rules = std::move(*read);
  return {};
}

Result<void> Gate::readBaselines(const GateOptions& options) {
  for (const std::string& file : options.baselines) {
    // A session may be larger than any text, so only its beginning is looked at.
    auto text = readTextFile(file, "baseline");
    if (!text && text.error().code == Code::NotFound)
      text.error().remedy =
          "to make it: " + shellLine({"heaptap", "check", "--write-baseline", file}) + " SESSION";
    if (!text && text.error().code != Code::Usage) return tl::unexpected(std::move(text.error()));
    if (!text || isSession(*text)) {
      m_baselineSessions.push_back(file);
      continue;
    }
    auto baseline = analysis::readBaseline(file, *text);
    if (!baseline) return tl::unexpected(std::move(baseline.error()));
    for (auto& [program, runs] : *baseline)
      m_baseline[program].insert(m_baseline[program].end(), runs.begin(), runs.end());
  }
  return {};
}

Result<Gate> Gate::open(const GateOptions& options) {
  Gate gate;
  gate.m_writeBaseline = options.writeBaseline;
  gate.m_isQuiet = options.isQuiet;
  gate.m_colour = options.colour;
  if (auto read = gate.readTargets(options); !read) return tl::unexpected(std::move(read.error()));
  if (!options.policy.empty()) {
    auto policy = readTextFile(options.policy, "policy").and_then([&](const std::string& text) {
      return analysis::parsePolicy(options.policy, text);
    });
    if (!policy) return tl::unexpected(std::move(policy.error()));
    gate.m_policy = std::move(*policy);
  }
  if (auto read = gate.readLeakRules(options); !read) return tl::unexpected(std::move(read.error()));
  if (auto read = gate.readBaselines(options); !read) return tl::unexpected(std::move(read.error()));
  return gate;
}

Result<std::vector<analysis::MeasuredSession>> Gate::measured(const std::vector<std::string>& sessions,
                                                              const std::optional<std::string>& collector,
                                                              Progress& progress) const {
  std::vector<analysis::MeasuredSession> all;
  for (const std::string& name : sessions) {
    auto opened = openSession(name, collector, &progress);
    if (!opened) return tl::unexpected(std::move(opened.error()));
    // First, so that the profile has all stacks that they name.
    auto findings = opened->source->findings(opened->id);
    if (!findings) return tl::unexpected(std::move(findings.error()));
    auto profile = opened->source->profile(opened->id);
    if (!profile) return tl::unexpected(std::move(profile.error()));
    analysis::LeakJudge judge(m_rules, *profile);
    judge.askForHistories(*opened->source, opened->id);
    auto measured = analysis::measure(
        {.name = name, .profile = std::move(*profile), .findings = std::move(*findings)}, m_policy, judge);
    if (!measured) return tl::unexpected(std::move(measured.error()));
    all.push_back(std::move(*measured));
  }
  return all;
}

Result<void> Gate::write(const analysis::Verdict& verdict, const exporting::VerdictStyle& plain,
                         Stream stream, Progress& progress) const {
  bool isShown = false;
  exporting::VerdictStyle style = plain;  // Of what is shown; files have no colours.
  style.paint = paintFor(m_colour, stream == Stream::Error ? STDERR_FILENO : STDOUT_FILENO);
  for (const Target& target : m_targets) {
    isShown = isShown || target.file.empty();
    Result<void> written;
    if (target.file.empty() && stream == Stream::Error) {
      Progress::end();
      ErrorOutput out;
      target.format->write(verdict, style, out);
    } else if (target.file.empty()) {
      Output out;
      target.format->write(verdict, style, out);
      written = out.finish();
    } else {
      written = writeOutputFile(target.file, progress,
                                [&](exporting::Sink& sink) { target.format->write(verdict, plain, sink); });
    }
    if (!written) return written;
  }
  if (!isShown && !verdict.passed()) {
    // All formats are in files: the reader sees this line and the status.
    const std::vector<std::string> next = exporting::nextSteps(verdict, plain);
    printNote(exporting::sentenceOf(verdict) + (next.empty() ? "" : "; next: " + next.front()));
  }
  return {};
}

Result<void> Gate::writeBaseline(const std::vector<analysis::MeasuredSession>& measured,
                                 Progress& progress) const {
  const analysis::Baseline baseline = analysis::baselineOf(measured);
  auto written = writeOutputFile(m_writeBaseline, progress, [&](exporting::Sink& sink) {
    sink.write(analysis::writeBaseline(baseline));
  });
  if (!written || m_isQuiet) return written;
  std::string programs;
  for (const auto& [program, runs] : baseline)
    programs += (programs.empty() ? "" : ", ") + formatNumberOf(runs.size(), "run") + " of " + program;
  printNote("wrote " + m_writeBaseline + ": " + programs +
            "; next: " + shellLine({"heaptap", "check", "--baseline", m_writeBaseline}) + " SESSION");
  return {};
}

Result<bool> Gate::check(const std::vector<std::string>& sessions,
                         const std::optional<std::string>& collector, Stream stream) const {
  Progress progress(m_isQuiet);
  auto measured = this->measured(sessions, collector, progress);
  if (!measured) return tl::unexpected(std::move(measured.error()));
  const auto before = this->measured(m_baselineSessions, std::nullopt, progress);
  if (!before) return tl::unexpected(before.error());
  analysis::Baseline baseline = m_baseline;
  for (const auto& [program, runs] : analysis::baselineOf(*before))
    baseline[program].insert(baseline[program].end(), runs.begin(), runs.end());
  const bool writesBaseline = !m_writeBaseline.empty();
  const bool hasOlder = !baseline.empty();
  if (writesBaseline && !hasOlder) baseline = analysis::baselineOf(*measured);
  analysis::Verdict verdict = analysis::judge(*measured, m_policy, baseline);
  if (writesBaseline)
    verdict = analysis::withoutFailures(std::move(verdict), hasOlder ? "worse than in the older baseline"
                                                                     : "a baseline does not change this");
  exporting::VerdictStyle style = m_style;
  style.collector = collector.value_or("");
  if (auto written = write(verdict, style, stream, progress); !written)
    return tl::unexpected(std::move(written.error()));
  if (!writesBaseline) return verdict.passed();
  if (auto written = writeBaseline(*measured, progress); !written)
    return tl::unexpected(std::move(written.error()));
  return true;
}

}  // namespace heaptap::cli
