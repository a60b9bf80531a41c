// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <string>

#include "cli/options.h"
#include "cli/query/query_command.h"
#include "cli/query/row_format.h"
#include "cli/subcommands.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

constexpr const char* kQueryExplanation = R"(
Each event, site, thread and moment of a session is in some table: --tables lists them. Statements only read; all of
one call see the same moment, also of a session that is being recorded. docs/schema.md has every column, and queries to
begin with. The same tables in the program sqlite3: .load heaptap_sqlite

Formats:
)";
constexpr const char* kQueryExamples = R"(
Examples:
  heaptap query app.4711.heaptap --tables
  heaptap query app.4711.heaptap "SELECT function, live_bytes FROM sites ORDER BY 2 DESC LIMIT 10"
  heaptap query app.4711.heaptap "SELECT thread, count(*) FROM events WHERE kind = 'free' GROUP BY 1" --format csv
  heaptap query app.4711.heaptap < questions.sql
  heaptap query --tree make.heaptap "SELECT pid, sum(live_bytes) FROM sites GROUP BY 1")";

std::string queryFooter() {
  std::string text = kQueryExplanation;
  for (const RowFormat& format : rowFormats())
    text += "  " + padded(format.name, 10) + std::string(format.about) + "\n";
  return text + kQueryExamples;
}

class QuerySubcommand : public Subcommand {
 public:
  CLI::App& declare(CLI::App& program) override {
    CLI::App& app = *program.add_subcommand("query", "Ask a session anything, in SQL");
    app.footer(queryFooter());
    addSession(app, m_options.session);
    app.add_option("SQL", m_options.statements, "Statements, with ; between them [- for standard input]")
        ->type_name("");
    app.add_flag("--tables", m_options.listsTables,
                 "List the tables and views, with their columns and what they mean");
    app.add_flag("--tree", m_options.tree,
                 "Of the session and all that it forked, started and became: each row with its process");
    app.add_option("-f,--format", m_options.format, "One of those below [table]")->type_name("ROWS");
    app.add_option("--timeout", m_options.timeoutSeconds, "Seconds that the statements may take [60]")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.001, 1e9));
    addSize(app, "--memory", m_options.memoryBytes, "Memory that the statements may take [1G]");
    app.add_flag("--no-pager", m_options.noPager, "Print a long answer, also on a terminal");
    addCollector(app, m_options.collector);
    return app;
  }

  int run() override { return queryCommand(m_options); }

 private:
  QueryOptions m_options;
};

}  // namespace

NewSubcommand querySubcommand() { return std::make_unique<QuerySubcommand>(); }

}  // namespace heaptap::cli
