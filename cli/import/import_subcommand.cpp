// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "cli/import/import_command.h"
#include "cli/subcommands.h"
#include "cli/terminal/terminal_options.h"

namespace heaptap::cli {
namespace {

constexpr const char* kImportExamples = R"(
FILE is a heap profile that heaptrack, massif, pprof (.pb.gz), gperftools (HEAPPROFILE) or jemalloc (prof:true) have
written, compressed or not; which one it is is seen from its content. What it does not tell, the session does not have: docs/exports.md.

Examples:
  heaptap import heaptrack.app.4711.zst -o before.heaptap
  heaptap import massif.out.4711 -o before.heaptap && heaptap diff before.heaptap app.heaptap)";

constexpr const char* kAnonymizeExamples = R"(
Functions, files, modules, arguments, threads, heaps, marks, folder and host get other names, the same for the same;
build ids are left out. The allocator's own functions and main keep their names, and so does what heaptap knows of
runtimes and libraries. Numbers stay as they are, and so does what of them leaks; reports say that it is a copy.

Examples:
  heaptap anonymize app.4711.heaptap -o to-send.heaptap)";

class CopySubcommand : public Subcommand {
 public:
  struct Words {
    const char* name;
    const char* about;
    const char* file;
    const char* examples;
    int (*run)(const CopyOptions& options);
  };
  explicit CopySubcommand(const Words& words) : m_words(words) {}

  CLI::App& declare(CLI::App& program) override {
    CLI::App& app = *program.add_subcommand(m_words.name, m_words.about);
    app.footer(m_words.examples);
    app.add_option("FILE", m_options.file, m_words.file)->required()->type_name("");
    app.add_option("-o,--output", m_options.output, "Session file to write")->required()->type_name("FILE");
    app.add_flag("--force", m_options.force, "Replace an existing file");
    addQuiet(app, m_options.isQuiet);
    return app;
  }

  int run() override { return m_words.run(m_options); }

 private:
  Words m_words;
  CopyOptions m_options;
};

}  // namespace

NewSubcommand importSubcommand() {
  return std::make_unique<CopySubcommand>(CopySubcommand::Words{
      "import", "Make a session of what another profiler has written",
      "A heap profile of heaptrack, massif, pprof, gperftools or jemalloc", kImportExamples, importCommand});
}

NewSubcommand anonymizeSubcommand() {
  return std::make_unique<CopySubcommand>(
      CopySubcommand::Words{"anonymize", "Copy a session with all names and paths replaced", "Session file",
                            kAnonymizeExamples, anonymizeCommand});
}

}  // namespace heaptap::cli
