// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "cli/recover/recover_command.h"
#include "cli/run/recording_options.h"
#include "cli/subcommands.h"

namespace heaptap::cli {
namespace {

constexpr const char* kRecoverExamples = R"(
FILE is what a program has written that ran with HEAPTAP_BUFFER=FILE in its environment (docs/containers.md). It
is read, not changed. How the program ended is not known; with kill -9, everything up to then is there.

FILE may also be a session whose collector was killed: what that has left beside the file (-wal, -shm, .reserve) is moved
into it, or removed.

Examples:
  HEAPTAP_BUFFER=app.buffer LD_PRELOAD=.../libheaptap_preload.so ./app
  heaptap recover app.buffer                           into app.PID.heaptap
  heaptap recover app.buffer -o app.heaptap --force    replace an existing session file
  heaptap recover app.buffer --root /proc/4711/root    names from the files of a container
  heaptap recover app.4711.heaptap                     one plain file again)";

class RecoverSubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app =
        *program.add_subcommand("recover", "Make a session of the buffer file that a program has left");
    app.footer(kRecoverExamples);
    RecordingOptions& recording = m_options.recording;
    app.add_option("FILE", recording.recover, "File made by HEAPTAP_BUFFER, or session of a killed collector")
        ->required()
        ->type_name("");
    app.add_option("--root", recording.root, "Folder that was / to the program, for its binaries [/]")
        ->type_name("FOLDER");
    addRecordingTarget(app, recording);
    app.add_flag("-q,--quiet", m_options.quiet, "No summary");
    return app;
  }

  int run() override {
    checkRecordingTarget(m_options.recording);
    return recoverCommand(m_options);
  }

 private:
  RecoverOptions m_options;
};

}  // namespace

NewSubcommand recoverSubcommand() { return std::make_unique<RecoverSubcommand>(); }

}  // namespace heaptap::cli
