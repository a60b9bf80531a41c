// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "cli/subcommands.h"
#include "cli/terminal/terminal_options.h"
#include "cli/top/top_command.h"

namespace heaptap::cli {
namespace {

constexpr const char* kTopExamples = R"(
On a terminal the call sites are shown until q is pressed, and ? shows the keys. When the session ends, that is
said, and its numbers stay. Elsewhere, and with --once or --rounds, it is text for scripts.

Examples:
  heaptap top 4711                                      a process that is being recorded
  heaptap top app.4711.heaptap                          a session that has ended
  heaptap top --collector build-host:7070 3f2a          a session of a collector
  heaptap top --sort growth --filter parser 4711        what grows, and has parser in its stack
  heaptap top --rounds 60 --interval 10 4711 >> grows.txt)";

class TopSubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app = *program.add_subcommand("top", "Watch the call sites of a running program");
    app.footer(kTopExamples);
    app.add_option("SESSION", m_options.target,
                   "Process id or session file; with --collector also an id or its beginning")
        ->required();
    app.add_option_function<std::string>(
           "--sort",
           [this](const std::string& word) {
             for (const TopOrderWords& words : kTopOrders)
               if (words.name == word) m_options.order = words.order;
           },
           "live, blocks, change, growth, rate; at the end live, blocks, peak, allocations [live]")
        ->check(CLI::IsMember(orderNames()))
        ->type_name("ORDER");
    app.add_option("--filter", m_options.filter,
                   "Only call sites with this text in a function, module or file of their stack")
        ->type_name("TEXT");
    app.add_option_function<double>(
           "--interval",
           [this](double seconds) {
             m_options.interval = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
           },
           "Seconds between two looks [1]")
        ->check(CLI::Range(kLeastSeconds, kMostSeconds))
        ->type_name("SECONDS");
    CLI::Option* const rounds = app.add_option("--rounds", m_options.rounds, "Print so many times, as text")
                                    ->check(CLI::PositiveNumber)
                                    ->type_name("N");
    app.add_flag_callback(
           "--once", [this] { m_options.rounds = 1; }, "The same as --rounds 1")
        ->excludes(rounds);
    app.add_option("--top", m_options.top, "Call sites in each round, 0 for all [20]")->type_name("N");
    addHeap(app, m_options.heap, "Watch");
    addColour(app, m_options.colour);
    addCollector(app, m_options.collector);
    return app;
  }

  int run() override { return topCommand(m_options); }

 private:
  static constexpr double kLeastSeconds = 0.05;
  static constexpr double kMostSeconds = 86400;

  static std::vector<std::string> orderNames() {
    std::vector<std::string> names;
    for (const TopOrderWords& words : kTopOrders) names.emplace_back(words.name);
    return names;
  }

  TopOptions m_options;
};

}  // namespace

NewSubcommand topSubcommand() { return std::make_unique<TopSubcommand>(); }

}  // namespace heaptap::cli
