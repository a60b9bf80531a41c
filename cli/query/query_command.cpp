// SPDX-License-Identifier: Apache-2.0
#include "cli/query/query_command.h"

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <memory>
#include <utility>

#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/query/interruption.h"
#include "cli/query/row_format.h"
#include "cli/query/statement_input.h"
#include "cli/query/table_list.h"
#include "cli/session_source.h"
#include "cli/terminal/pager.h"
#include "cli/terminal/terminal.h"
#include "cli/tree/opened_tree.h"
#include "sql/query/session_query.h"
#include "text/quantity.h"

namespace heaptap::cli {
namespace {

/// Rows that are to be seen before the next statement, which may take long.
class SeenRows : public sql::RowSink {
 public:
  SeenRows(std::unique_ptr<sql::RowSink> rows, Output& out) : m_rows(std::move(rows)), m_out(out) {}

  void begin(const std::vector<std::string>& columns) override { m_rows->begin(columns); }
  bool row(std::span<const sql::Value> values) override { return m_rows->row(values); }
  void end() override {
    m_rows->end();
    if (!isTerminal(STDOUT_FILENO)) (void)m_out.flush();  // Output remembers what is wrong.
  }

 private:
  std::unique_ptr<sql::RowSink> m_rows;
  Output& m_out;
};

/// The file of a session that a collector has, where it is on this machine.
Result<std::string> fileOf(const QueryOptions& options) {
  if (!options.collector) return options.session;
  return openSession(options.session, options.collector)
      .and_then([](const OpenedSession& opened) { return opened.source->summary(opened.id); })
      .and_then([&](const v1::Summary& summary) -> Result<std::string> {
        std::error_code ignored;
        const std::string& file = summary.info().file();
        if (!file.empty() && std::filesystem::exists(file, ignored)) return file;
        return failure(Code::Usage, options.session,
                       "SQL reads files, and that of this session is on the collector's host: " +
                           (file.empty() ? std::string("none") : file),
                       "copy it from there");
      });
}

/// The sessions of a tree, where their files are on this machine. What is missing of it is a note.
Result<sql::TreeFiles> treeOf(const QueryOptions& options) {
  Progress progress(true);
  return OpenedTree::open(options.session, options.collector, &progress).map([&](const OpenedTree& tree) {
    sql::TreeFiles files{.tree = tree.tree(), .files = {}};
    for (const client::TreeMember& member : tree.tree().members) {
      std::error_code ignored;
      std::filesystem::path file = options.collector ? member.info.file() : tree.nameOf(member);
      if (!std::filesystem::exists(file, ignored)) file.clear();
      if (!file.empty()) noteIfAbandoned(file.string());
      files.files.push_back(std::move(file));
    }
    for (const std::string& note : tree.notes()) printNote(note);
    return files;
  });
}

using OnStuck = std::function<void()>;
Result<sql::SessionQuery> openQuery(const QueryOptions& options, const sql::QueryLimits& limits,
                                    const std::atomic<bool>& isInterrupted, OnStuck onStuck) {
  if (options.tree)
    return treeOf(options).and_then([&](sql::TreeFiles files) {
      return sql::SessionQuery::openTree(std::move(files), limits, isInterrupted, std::move(onStuck));
    });
  return fileOf(options).and_then([&](const std::string& file) {
    auto opened = sql::SessionQuery::open(file, limits, isInterrupted, std::move(onStuck));
    if (opened) noteIfAbandoned(file);
    return opened;
  });
}

/// For a function of SQLite that does not come back: the reader has waited long enough.
[[noreturn]] void endStuck(std::chrono::milliseconds limit) {
  printError(sql::timeIsOver(limit));
  ::_exit(kExitLimitReached);
}

Result<void> ask(const QueryOptions& options, const std::atomic<bool>& isInterrupted) {
  const auto format = rowFormatNamed(options.format);
  if (!format) return tl::unexpected(format.error());
  const sql::QueryLimits limits{
      .time = std::chrono::milliseconds(std::llround(options.timeoutSeconds * 1000)),
      .memoryBytes = options.memoryBytes};
  auto session = openQuery(options, limits, isInterrupted, [limits] { endStuck(limits.time); });
  if (!session) return tl::unexpected(session.error());
  Output out(options.noPager ? nullptr : Pager::ofTerminal());
  if (options.listsTables) {
    const auto stored = session->storedTables();
    if (!stored) return tl::unexpected(stored.error());
    writeTableList(*stored, out, options.tree);
    return out.finish();
  }
  std::string statements = options.statements;
  if (statements.empty() || statements == "-") {
    auto read = readStatements(isInterrupted);
    if (!read) return tl::unexpected(std::move(read.error()));
    statements = std::move(*read);
  }
  SeenRows rows((*format)->make(out, isTerminal(STDOUT_FILENO)), out);
  const auto run = session->run(statements, rows);
  const auto written = out.finish();
  for (const std::string& note : session->notes())
    // Why nothing could be answered is said once.
    if (run || note.find(run.error().what) == std::string::npos) printNote(note);
  if (!run) return run;
  if (const std::uint64_t missing = session->missingEvents(); missing != 0)
    printNote(options.session + ": " + formatNumberOf(missing, "event") +
              " of it were counted, but are not stored: the table events does not have them");
  return written;
}

}  // namespace

int queryCommand(const QueryOptions& options) {
  Result<void> done;
  {
    const Interruption interruption;
    done = ask(options, interruption.isNoted());
    if (done) return kExitOk;
    printError(done.error());
    if (interruption.isNoted()) Interruption::pass();
  }
  return done.error().code == Code::Unavailable && done.error().where == "SQL"
             ? kExitLimitReached
             : exitCodeFor(done.error().code);
}

}  // namespace heaptap::cli
