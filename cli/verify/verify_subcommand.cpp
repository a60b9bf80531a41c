// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "cli/subcommands.h"
#include "cli/verify/verify_command.h"

namespace heaptap::cli {
namespace {

constexpr const char* kExplanation = R"(
A session file has each event, and what all of them add up to, which is what reports show. This decodes all events,
counts them one by one, and compares with the numbers of the end and of every snapshot. What differs is printed, a
line each. Where the oldest events are not in the file any more, each batch of events is only decoded. Of a session that
was recorded with --no-events, or imported, it can only say whether the numbers agree with each other: what pairs of
size and stack have counted with the totals, lifetimes with frees, the chart with the end of the record.

Exit status 0: all is the same; 9: something differs, or is damaged. Of several files: that of the first with which
something is wrong.

Examples:
  heaptap verify app.4711.heaptap
  heaptap verify -q *.heaptap)";

class VerifySubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app =
        *program.add_subcommand("verify", "Count the events of stored sessions anew, and compare");
    app.footer(kExplanation);
    app.add_option("FILE", m_options.files, "Session files")->required()->type_name("");
    app.add_flag("-q,--quiet", m_options.isQuiet, "Say only what is wrong");
    return app;
  }

  int run() override { return verifyCommand(m_options); }

 private:
  VerifyOptions m_options;
};

}  // namespace

NewSubcommand verifySubcommand() { return std::make_unique<VerifySubcommand>(); }

}  // namespace heaptap::cli
