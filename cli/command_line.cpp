// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/version.h"
#include "cli/control/control_command.h"
#include "cli/diff/diff_command.h"
#include "cli/exit_code.h"
#include "cli/export/export_command.h"
#include "cli/help_texts.h"
#include "cli/ls/ls_command.h"
#include "cli/message.h"
#include "cli/private_collector.h"
#include "cli/recover/recover_command.h"
#include "cli/report/report_command.h"
#include "cli/run/run_command.h"
#include "rpc/silence.h"
#include "text/quantity.h"

namespace heaptap::cli {
namespace {

/// COMMAND is split off before CLI11 sees the rest, so CLI11 does not know of it.
class RunFormatter : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App*, std::string) const override {
    return "\nUsage: heaptap run [OPTIONS] [--] COMMAND [ARG...]\n";
  }
};

/// CLI11 would print several lines; an error has one.
int reportUsage(const std::string& subcommand, const std::string& what) {
  std::string first = what.substr(0, what.find('\n'));
  printError({Code::Usage, subcommand, first,
              "try: heaptap " + (subcommand.empty() ? "" : subcommand + " ") + "--help"});
  return subcommand == "run" ? kExitRunFailed : kExitUsage;
}

class CommandLine {
 public:
  CommandLine() {
    m_app.require_subcommand(1);
    m_app.set_version_flag("--version", std::string("heaptap ") + kVersion);
    m_app.footer(kMainExamples);
    addRun();
    addRecover();
    addReport();
    addDiff();
    addExport();
    addLs();
    addControl("pause", "Record no allocations of a running process", v1::ControlCommand::KIND_PAUSE);
    addControl("resume", "Record them again", v1::ControlCommand::KIND_RESUME);
    addControl("mark", "Name this moment in the record of a running process", v1::ControlCommand::KIND_MARK);
    addControl("snapshot", "Keep the whole heap of a running process as it is now, under a name",
               v1::ControlCommand::KIND_SNAPSHOT);
    addControl("stop", "End the record; the process runs on", v1::ControlCommand::KIND_STOP);
    addPrivateCollector();
  }

  int parseAndRun(int argc, const char* const* argv) {
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    if (!words.empty() && words.front() == "run") splitCommandOff(words);
    std::reverse(words.begin(), words.end());  // As CLI11 wants it.
    try {
      m_app.parse(words);
    } catch (const CLI::ParseError& error) {
      // --help and --version arrive as errors with the status 0.
      if (error.get_exit_code() == 0) return m_app.exit(error);
      return reportUsage(subcommandOf(argc, argv), error.what());
    }
    if (*m_runApp) return run();
    if (*m_recoverApp) return recover();
    if (*m_reportApp) return reportCommand(m_report);
    if (*m_diffApp) return diffCommand(m_diff);
    if (*m_exportApp) return exportCommand(m_export);
    if (*m_lsApp) return lsCommand(m_ls);
    if (m_controls) return controlCommand(m_control);
    return privateCollector(m_collector);
  }

 private:
  void addRun() {
    m_runApp = m_app.add_subcommand("run", "Record the heap of COMMAND");
    m_runApp->formatter(std::make_shared<RunFormatter>());
    m_runApp->footer(kRunExamples);
    m_runApp->add_option("-o,--output", m_run.recording.output, "Session file [COMMAND.PID.heaptap]")
        ->type_name("FILE");
    m_runApp->add_option("--collector", m_run.recording.collector, kCollectorHelp)->type_name("ADDR");
    addSize(m_runApp, "--max-file", m_run.recording.maxFileBytes,
            "Largest session file; the oldest events go first [a quarter of the free space]");
    m_runApp->add_flag("--force", m_run.recording.force, "Replace existing session files");
    m_runApp->add_flag("-q,--quiet", m_run.quiet, "No status line and no summary");
    m_runApp
        ->add_option("--max-stall", m_run.recording.maxStallMs,
                     "How long a thread waits for room before it drops events [250]")
        ->type_name("MS");
    m_runApp->add_flag("--exact", m_run.recording.exact, "Wait without limit: never drop an event");
    addSize(m_runApp, "--sample", m_run.recording.sampleInterval,
            "Record one allocation in so many bytes on average, and estimate the rest [all]");
    m_runApp->add_flag("--free-stacks", m_run.recording.freeStacks,
                       "Record the stack of every free, not only of wrong ones");
    m_runApp->add_flag("--mmap", m_run.recording.mappings,
                       "Record memory mappings too, as a heap of their own: mmap, munmap, mremap, brk");
    addSeconds("--delay", "Seconds after COMMAND's start at which recording begins [0]",
               [this](double seconds) { m_run.recording.delaySeconds = seconds; });
    addSeconds("--duration", "Seconds of recording; then COMMAND runs on unrecorded [all]",
               [this](double seconds) { m_run.recording.durationSeconds = seconds; });
    m_runApp->add_flag("--no-children", m_run.recording.noChildren,
                       "Record COMMAND only: not what it forks, nor what those or it execute");
    m_runApp
        ->add_option("--only", m_run.recording.only,
                     "Record only programs of this name, wherever COMMAND starts them; may be repeated [all]")
        ->type_name("NAME")
        ->allow_extra_args(false);
    m_runApp
        ->add_option(
            "--min-allocations", m_run.minAllocations,
            "Remove the files of sessions with fewer allocations and nothing wrong, but for -o's [0]")
        ->type_name("N");
  }

  /// An option of `run` that takes seconds, with fractions.
  void addSeconds(const char* name, const char* description, const std::function<void(double)>& take) {
    constexpr double kMost = 1e6;  // Eleven days.
    m_runApp->add_option_function<double>(name, take, description)
        ->check(CLI::Range(0.0, kMost))
        ->type_name("SECONDS");
  }

  void addControl(const char* name, const char* description, v1::ControlCommand::Kind kind) {
    CLI::App* app = m_app.add_subcommand(name, description);
    app->add_option("PID", m_control.target, "Recorded process; with --collector also a session's id")
        ->required();
    if (kind == v1::ControlCommand::KIND_MARK || kind == v1::ControlCommand::KIND_SNAPSHOT)
      app->add_option_function<std::string>(
             "NAME", [this](const std::string& text) { m_control.command.set_name(text); },
             "What this moment is called")
          ->required();
    app->add_option("--collector", m_control.collector, kCollectorHelp)->type_name("ADDR");
    app->callback([this, kind] {
      m_control.command.set_kind(kind);
      m_controls = true;
    });
  }

  void addRecover() {
    m_recoverApp =
        m_app.add_subcommand("recover", "Make a session of the buffer file that a program has left");
    m_recoverApp->footer(kRecoverExamples);
    RecordingOptions& recording = m_recover.recording;
    m_recoverApp->add_option("FILE", recording.recover, "File made by HEAPTAP_BUFFER")
        ->required()
        ->type_name("");
    m_recoverApp->add_option("-o,--output", recording.output, "Session file [COMMAND.PID.heaptap]")
        ->type_name("FILE");
    m_recoverApp
        ->add_option("--root", recording.root, "Folder that was / to the program, for its binaries [/]")
        ->type_name("FOLDER");
    m_recoverApp->add_option("--collector", recording.collector, kCollectorHelp)->type_name("ADDR");
    addSize(m_recoverApp, "--max-file", recording.maxFileBytes,
            "Largest session file; the oldest events go first [a quarter of the free space]");
    m_recoverApp->add_flag("--force", recording.force, "Replace existing session files");
    m_recoverApp->add_flag("-q,--quiet", m_recover.quiet, "No summary");
  }

  void addReport() {
    m_reportApp = m_app.add_subcommand("report", "Print what a session shows: summary, leaks, top sites");
    m_reportApp->footer(kReportExamples);
    m_reportApp
        ->add_option("SESSION", m_report.session, "Session file; with --collector an id or its beginning")
        ->required();
    m_reportApp->add_flag("--json", m_report.json, "For programs: all leaks and sites as JSON");
    m_reportApp->add_flag("--leaks", m_report.leaksOnly, "Only the summary and the leaks");
    m_reportApp
        ->add_option("--snapshot", m_report.snapshot,
                     "The live heap by site as it was at this snapshot (heaptap snapshot PID NAME)")
        ->type_name("NAME");
    m_reportApp
        ->add_option("--top", m_report.top, "Entries in each list, 0 for all [10 leaks, 5 sites; JSON: all]")
        ->type_name("N");
    m_reportApp
        ->add_option("--heap", m_report.heap,
                     "Leaks and sites of this heap: mappings, or one that the program has named [malloc]")
        ->type_name("NAME")
        ->excludes("--snapshot");
    m_reportApp->add_flag("--full-names", m_report.fullNames, "Nothing is shortened, every frame is shown");
    m_reportApp->add_option("--collector", m_report.collector, kCollectorHelp)->type_name("ADDR");
  }

  void addDiff() {
    m_diffApp = m_app.add_subcommand("diff", "Compare sessions: what allocates more, and what less");
    m_diffApp->footer(kDiffExamples);
    m_diffApp
        ->add_option("SESSION", m_diff.sessions,
                     "The session before and the one after; or one, with --snapshot")
        ->type_name("");
    m_diffApp
        ->add_option("--before", m_diff.before, "Several runs, to tell what has changed from what varies")
        ->type_name("SESSION...");
    m_diffApp->add_option("--after", m_diff.after, "Likewise, of the other side")->type_name("SESSION...");
    m_diffApp
        ->add_option("--cost", m_diff.cost,
                     "leaked, live, blocks, peak, allocations, bytes or temporary [leaked]")
        ->type_name("COST");
    m_diffApp
        ->add_option_function<std::string>(
            "--by",
            [this](const std::string& word) {
              m_diff.rows = word == "function" ? DiffRows::Functions : DiffRows::Sites;
            },
            "Only one of the two lists: function or site [both]")
        ->check(CLI::IsMember({"function", "site"}))
        ->type_name("ROWS");
    m_diffApp
        ->add_option("--snapshot", m_diff.snapshots,
                     "Of one session: this moment and the end, or with a second --snapshot, that moment")
        ->type_name("NAME")
        ->allow_extra_args(false);
    m_diffApp
        ->add_option("--heap", m_diff.heap,
                     "Compare this heap: mappings, or one that the program has named [malloc]")
        ->type_name("NAME");
    m_diffApp->add_flag("--json", m_diff.json, "For programs: all that differs as JSON");
    m_diffApp->add_option("--top", m_diff.top, "Entries in each list, 0 for all [10; JSON: all]")
        ->type_name("N");
    m_diffApp->add_flag("--full-names", m_diff.fullNames, "Nothing is shortened, every frame is shown");
    m_diffApp->add_option("--collector", m_diff.collector, kCollectorHelp)->type_name("ADDR");
  }

  void addExport() {
    m_exportApp = m_app.add_subcommand("export", "Write a session in a format that other programs read");
    m_exportApp->footer(exportHelp());
    m_exportApp
        ->add_option("SESSION", m_export.session, "Session file; with --collector an id or its beginning")
        ->required();
    m_exportApp->add_option("-f,--format", m_export.format, "One of those below [by FILE's extension]")
        ->type_name("FORMAT");
    m_exportApp->add_option("-o,--output", m_export.output, "File to write, replaced when all is written [-]")
        ->type_name("FILE");
    m_exportApp
        ->add_option("--cost", m_export.cost,
                     "The number of each stack, or the one that is shown first [peak]")
        ->type_name("COST");
    m_exportApp
        ->add_option("--snapshot", m_export.snapshot, "The heap as it was then (heaptap snapshot PID NAME)")
        ->type_name("NAME");
    m_exportApp
        ->add_option("--heap", m_export.heap,
                     "This heap: mappings, or one that the program has named [malloc]")
        ->type_name("NAME")
        ->excludes("--snapshot");
    m_exportApp->add_option("--collector", m_export.collector, kCollectorHelp)->type_name("ADDR");
  }

  void addLs() {
    m_lsApp = m_app.add_subcommand("ls", "List sessions, newest first");
    m_lsApp->footer(kLsExamples);
    m_lsApp->add_option("FOLDER|FILE", m_ls.paths, "Where to look [this folder]")->type_name("");
    m_lsApp->add_option("--collector", m_ls.collector, kCollectorHelp)->type_name("ADDR");
  }

  void addPrivateCollector() {
    CLI::App* app = m_app.add_subcommand("private-collector", "Host the collector of one run");
    app->group("");  // Hidden: started by `run` only.
    app->add_option("--socket", m_collector.socket)->required();
    app->add_option("--output", m_collector.output);
    app->add_option("--directory", m_collector.directory);
    app->add_flag("--force", m_collector.force);
    app->add_option("--max-file", m_collector.maxFileBytes);
    app->add_option("--control-fd", m_collector.controlDescriptor)->required();
  }

  static void addSize(CLI::App* app, const char* name, std::uint64_t& bytes, const char* description) {
    app->add_option_function<std::string>(
           name,
           [&bytes, name](const std::string& text) {
             if (!parseBytes(text, bytes) || bytes == 0)
               throw CLI::ValidationError(name, "'" + text + "' is no size; write it like 500M or 2GiB");
           },
           description)
        ->type_name("SIZE");
  }

  /// COMMAND starts at the first word that is no option of `run`, or behind `--`; all that follows is its
  /// own, even what looks like an option. CLI11 has no way to say that.
  void splitCommandOff(std::vector<std::string>& words) {
    std::size_t at = 1;
    while (at < words.size() && words[at] != "--" && words[at].size() > 1 && words[at].front() == '-')
      at += wantsNextWord(words[at]) ? 2 : 1;
    at = std::min(at, words.size());
    const auto command = words.begin() + static_cast<std::ptrdiff_t>(at);
    m_run.command.assign(at < words.size() && *command == "--" ? command + 1 : command, words.end());
    words.erase(command, words.end());
  }

  [[nodiscard]] bool wantsNextWord(const std::string& word) const {
    const auto takesValue = [this](const std::string& name) {
      const CLI::Option* option = m_runApp->get_option_no_throw(name);
      return option != nullptr && option->get_items_expected_max() > 0;
    };
    if (word.starts_with("--")) return word.find('=') == std::string::npos && takesValue(word);
    // -qo FILE, but -oFILE: only the last letter may take the next word.
    for (std::size_t i = 1; i < word.size(); ++i)
      if (takesValue(std::string("-") + word[i])) return i + 1 == word.size();
    return false;
  }

  static bool isContradictory(const RecordingOptions& recording) {
    return recording.collector && (!recording.output.empty() || recording.maxFileBytes != 0);
  }

  int run() {
    if (m_run.command.empty()) return reportUsage("run", "COMMAND is missing");
    if (isContradictory(m_run.recording)) return reportUsage("run", kContradiction);
    if (m_run.recording.collector && m_run.minAllocations != 0)
      return reportUsage(
          "run", "--min-allocations removes files of a private collector, which --collector replaces");
    for (const std::string& name : m_run.recording.only)
      if (name.empty() || name.find('/') != std::string::npos)
        return reportUsage("run", "--only takes a program's name, without folders, not '" + name + "'");
    return runCommand(m_run);
  }

  int recover() {
    if (isContradictory(m_recover.recording)) return reportUsage("recover", kContradiction);
    return recoverCommand(m_recover);
  }

  std::string subcommandOf(int argc, const char* const* argv) {
    const std::string first = argc > 1 ? argv[1] : "";
    const auto known =
        m_app.get_subcommands([&first](const CLI::App* app) { return app->get_name() == first; });
    return known.empty() ? "" : first;
  }

  CLI::App m_app{"Records every heap allocation of a program, and shows its leaks, peaks and call sites.",
                 "heaptap"};
  CLI::App* m_runApp = nullptr;
  CLI::App* m_recoverApp = nullptr;
  CLI::App* m_reportApp = nullptr;
  CLI::App* m_diffApp = nullptr;
  CLI::App* m_exportApp = nullptr;
  CLI::App* m_lsApp = nullptr;
  RunOptions m_run;
  RecoverOptions m_recover;
  ReportOptions m_report;
  DiffOptions m_diff;
  ExportOptions m_export;
  LsOptions m_ls;
  ControlOptions m_control;
  bool m_controls = false;  ///< One of the subcommands that m_control is for was given.
  PrivateCollectorOptions m_collector;
};

}  // namespace

int heaptapMain(int argc, const char* const* argv) {
  rpc::silence();
  try {
    return CommandLine().parseAndRun(argc, argv);
  } catch (const std::exception& error) {
    printError({Code::Internal, "", error.what(), "this is a bug in heaptap; please report it"});
    return exitCodeFor(Code::Internal);
  }
}

}  // namespace heaptap::cli
