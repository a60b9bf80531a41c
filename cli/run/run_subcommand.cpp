// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>

#include "cli/check/gate_arguments.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/run/recording_options.h"
#include "cli/run/run_command.h"
#include "cli/subcommands.h"
#include "cli/terminal/terminal_options.h"

namespace heaptap::cli {
namespace {

constexpr const char* kRunExamples = R"(
Options behind COMMAND belong to COMMAND. Its standard streams, signals and exit status pass through;
125 says that heaptap failed before COMMAND was started, 126 that COMMAND cannot run or not be traced,
127 that it was not found. With --check, 10 says that a session is not as it should be.

Examples:
  heaptap run jq . big.json                         into jq.PID.heaptap
  heaptap run -o build.heaptap --force make -j4     children: build.NAME.PID.N.heaptap
  heaptap run --max-file 2GiB -q -- ./server -v     keep at most 2 GiB, print only what goes wrong
  heaptap run --only python3 -o a.heaptap ./build.sh   python3 alone; the first one into a.heaptap
  heaptap run --min-allocations 1000 ./build.sh     all, but keep no file of the small ones
  heaptap run --check --policy heaptap.toml ./app_test   fail where it leaks or breaks the policy
  heaptap run --collector unix:/run/heaptapd.sock ./server)";

/// The parser does not see COMMAND, so its own usage line would not name it.
class RunFormatter : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App*, std::string) const override {
    return "\nUsage: heaptap run [OPTIONS] [--] COMMAND [ARG...]\n";
  }
};

/// An option that takes seconds, with fractions.
void addSeconds(CLI::App& app, const char* name, const char* description,
                const std::function<void(double)>& take) {
  constexpr double kMost = 1e6;  // Eleven days.
  app.add_option_function<double>(name, take, description)
      ->check(CLI::Range(0.0, kMost))
      ->type_name("SECONDS");
}

class RunSubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app = *program.add_subcommand("run", "Record the heap of COMMAND");
    m_app = &app;
    app.formatter(std::make_shared<RunFormatter>());
    app.footer(kRunExamples);
    RecordingOptions& recording = m_options.recording;
    addRecordingTarget(app, recording);
    app.add_flag("-q,--quiet", m_options.quiet, "No status line and no summary");
    app.add_option("--max-stall", recording.maxStallMs,
                   "How long a thread waits for room before it drops events [250]")
        ->type_name("MS");
    app.add_flag("--exact", recording.exact, "Wait without limit: never drop an event");
    addSize(app, "--sample", recording.sampleInterval,
            "Record one allocation in so many bytes on average, and estimate the rest [all]");
    app.add_flag("--free-stacks", recording.freeStacks,
                 "Record the stack of every free, not only of wrong ones");
    app.add_flag("--mmap", recording.mappings,
                 "Record memory mappings too, as a heap of their own: mmap, munmap, mremap, brk");
    addSeconds(app, "--delay", "Seconds after COMMAND's start at which recording begins [0]",
               [&recording](double seconds) { recording.delaySeconds = seconds; });
    addSeconds(app, "--duration", "Seconds of recording; then COMMAND runs on unrecorded [all]",
               [&recording](double seconds) { recording.durationSeconds = seconds; });
    app.add_flag("--no-children", recording.noChildren,
                 "Record COMMAND only: not what it forks, nor what those or it execute");
    app.add_option("--only", recording.only,
                   "Record only programs of this name, wherever COMMAND starts them; may be repeated [all]")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app.add_option("--min-allocations", m_options.minAllocations,
                   "Remove the files of sessions with fewer allocations and nothing wrong, but for -o's [0]")
        ->type_name("N");
    app.add_option("--address-file", m_options.addressFile,
                   "Write the address at which the record can be watched meanwhile into FILE, for heaptap "
                   "and heaptap-gui --collector")
        ->type_name("FILE");
    CLI::Option* const check = app.add_flag(
        "--check", m_options.check,
        "Afterwards do what heaptap check does; its status is returned where COMMAND's own is 0");
    addGateArguments(app, m_options.gate, check);
    addColour(app, m_options.gate.colour);
    return app;
  }

  /// COMMAND starts at the first word that is no option of `run`, or behind `--`; all that follows is its
  /// own, even what looks like an option. CLI11 has no way to say that.
  void takeWords(std::vector<std::string>& words) override {
    std::size_t at = 0;
    while (at < words.size() && words[at] != "--" && words[at].size() > 1 && words[at].front() == '-')
      at += wantsNextWord(words[at]) ? 2 : 1;
    at = std::min(at, words.size());
    const auto command = words.begin() + static_cast<std::ptrdiff_t>(at);
    m_options.command.assign(at < words.size() && *command == "--" ? command + 1 : command, words.end());
    words.erase(command, words.end());
  }

  int run() override {
    RecordingOptions& recording = m_options.recording;
    if (m_options.command.empty()) throw CLI::ParseError("COMMAND is missing", kExitUsage);
    checkRecordingTarget(recording);
    if (recording.collector && m_options.minAllocations != 0)
      throw CLI::ParseError(
          "--min-allocations removes files of a private collector, which --collector replaces", kExitUsage);
    for (const std::string& name : recording.only)
      if (name.empty() || name.find('/') != std::string::npos)
        throw CLI::ParseError("--only takes a program's name, without folders, not '" + name + "'",
                              kExitUsage);
    m_options.gate.isQuiet = m_options.quiet;
    return runCommand(m_options);
  }

  int usageStatus() const override { return kExitRunFailed; }

 private:
  [[nodiscard]] bool wantsNextWord(const std::string& word) const {
    const auto takesValue = [this](const std::string& name) {
      const CLI::Option* option = m_app->get_option_no_throw(name);
      return option != nullptr && option->get_items_expected_max() > 0;
    };
    if (word.starts_with("--")) return word.find('=') == std::string::npos && takesValue(word);
    // -qo FILE, but -oFILE: only the last letter may take the next word.
    for (std::size_t i = 1; i < word.size(); ++i)
      if (takesValue(std::string("-") + word[i])) return i + 1 == word.size();
    return false;
  }

  RunOptions m_options;
  CLI::App* m_app = nullptr;
};

}  // namespace

NewSubcommand runSubcommand() { return std::make_unique<RunSubcommand>(); }

}  // namespace heaptap::cli
