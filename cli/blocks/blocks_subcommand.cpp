// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <map>

#include "cli/block_filters.h"
#include "cli/blocks/blocks_command.h"
#include "cli/options.h"
#include "cli/subcommands.h"
#include "cli/terminal/terminal_options.h"

namespace heaptap::cli {
namespace {

constexpr const char* kBlocksExamples = R"(
Examples:
  heaptap blocks --by size app.heaptap                      the largest blocks that are left
  heaptap blocks --at 12.5s --older 10s app.heaptap         at that time, allocated 10 s before or earlier
  heaptap blocks --address 0x7f3a2000-0x7f3a3000 app.heaptap  what keeps this page
  heaptap blocks --history --address 0x7f3a2010 app.heaptap   who had this address, and when
  heaptap blocks --function parse --thread worker app.heaptap
  heaptap blocks --tree --at 12.5s --by size make.heaptap   of all processes of a run)";

class BlocksSubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app =
        *program.add_subcommand("blocks", "List single blocks: address, size, age, thread, call site");
    app.footer(kBlocksExamples);
    addSession(app, m_options.session);
    auto* const at = app.add_option("--at", m_options.at,
                                    "Those that are live then: 12.5s, 50%, -10s, peak, a mark's name [end]")
                         ->type_name("TIME");
    auto* const tree = app.add_flag("--tree", m_options.tree,
                                    "Those of the session and of all that it forked, started and became");
    auto* const address =
        app.add_option("--address", m_options.address, "Those that have this byte, or begin between two")
            ->type_name("ADDRESS[-ADDRESS]");
    app.add_flag("--history", m_options.history, "All blocks that lay there, and when they were freed")
        ->needs(address)
        ->excludes(at)
        ->excludes(tree);
    addThread(app, m_options.thread);
    addLifetime(app, m_options.lifetime);
    app.add_option("--older", m_options.older, "Those that are this old, or older: 500ms, 10s, 2min")
        ->type_name("TIME");
    app.add_option("--younger", m_options.younger, "Those that are younger")->type_name("TIME");
    addFilters(app, m_options.filters);
    app.add_option_function<std::string>(
           "--by", [this](const std::string& word) { takeOrder(word); },
           "Which come first: the lowest address, the largest size, or the highest age")
        ->type_name("address|size|age");
    app.add_option("--top", m_options.limit, "So many of them [100]")
        ->check(CLI::Range(std::uint64_t{1}, model::BlockQuery::kMost))
        ->type_name("N");
    app.add_option("--skip", m_options.skip, "Leave so many of them out, which were shown before [0]")
        ->check(CLI::Range(std::uint64_t{0}, model::BlockQuery::kMost))
        ->type_name("N");
    app.add_flag("--json", m_options.json, "For programs: docs/time.md");
    app.add_flag("--full-names", m_options.fullNames, "Nothing is shortened");
    addDisplay(app, m_options.display);
    addCollector(app, m_options.collector);
    return app;
  }

  int run() override { return blocksCommand(m_options); }

 private:
  /// Throws: CLI::ValidationError.
  void takeOrder(const std::string& word) {
    static const std::map<std::string, model::BlockOrder> kOrders{{"address", model::BlockOrder::Address},
                                                                  {"size", model::BlockOrder::Size},
                                                                  {"age", model::BlockOrder::Age}};
    const auto found = kOrders.find(word);
    if (found == kOrders.end())
      throw CLI::ValidationError("--by", "'" + word + "' is no order; write address, size or age");
    m_options.order = found->second;
  }

  BlocksOptions m_options;
};

}  // namespace

NewSubcommand blocksSubcommand() { return std::make_unique<BlocksSubcommand>(); }

}  // namespace heaptap::cli
