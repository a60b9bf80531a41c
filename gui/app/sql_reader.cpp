// SPDX-License-Identifier: Apache-2.0
#include "gui/app/sql_reader.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "gui/client/sites/name_texts.h"
#include "sql/query/session_query.h"

namespace heaptap::gui {
namespace {

QString lineOf(const Error& error) { return QString::fromStdString(error.line()).simplified(); }

/// What the command line would be told to do is none of a window's options.
QString problemOf(const Error& error) {
  if (error.code != Code::Unavailable || error.where != "SQL" || !error.remedy.starts_with("--"))
    return lineOf(error);
  Error here = error;
  here.remedy = "heaptap query has options for longer and larger ones";
  return lineOf(here);
}

QString textOf(std::string_view bytes) {
  return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

/// Keeps the rows of the last statement that has any, within limits.
class KeptRows : public sql::RowSink {
 public:
  void begin(const std::vector<std::string>& columns) override {
    m_result.columns.clear();
    m_result.rows.clear();
    m_bytes = 0;
    for (const std::string& name : columns) m_result.columns << textOf(name);
  }
  bool row(std::span<const sql::Value> values) override {
    if (m_result.rows.size() == SqlResult::kMostRows || m_bytes > SqlResult::kMostBytes) {
      m_result.isCut = true;
      return false;
    }
    std::vector<SqlValue> row;
    row.reserve(values.size());
    for (const sql::Value& value : values) row.push_back(kept(value));
    m_bytes += row.size() * sizeof(SqlValue);
    m_result.rows.push_back(std::move(row));
    return true;
  }
  void end() override {}
  SqlResult take() { return std::move(m_result); }

 private:
  SqlValue kept(const sql::Value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<qint64>(*whole);
    if (const auto* number = std::get_if<double>(&value)) return *number;
    if (const auto* text = std::get_if<std::string_view>(&value)) {
      const auto shown = text->substr(0, SqlResult::kMostBytesOfAValue);
      m_bytes += 2 * shown.size();
      return textOf(shown);
    }
    if (const auto* blob = std::get_if<sql::BlobValue>(&value)) {
      const auto shown = blob->bytes.substr(0, SqlResult::kMostBytesOfAValue);
      m_bytes += shown.size();
      return QByteArray(shown.data(), static_cast<qsizetype>(shown.size()));
    }
    return std::monostate{};
  }

  SqlResult m_result;
  std::size_t m_bytes = 0;
};

/// The only text of the only row.
class OneText : public sql::RowSink {
 public:
  void begin(const std::vector<std::string>&) override {}
  bool row(std::span<const sql::Value> values) override {
    if (const auto* text = std::get_if<std::string_view>(values.data())) m_text = *text;
    return false;
  }
  void end() override {}
  [[nodiscard]] const std::string& text() const { return m_text; }

 private:
  std::string m_text;
};

/// Statements that run in a thread of their own, which keeps all that it needs: also after nobody waits any
/// more.
struct Job {
  std::filesystem::path file;
  std::string session;
  std::string statements;
  std::atomic<bool> isInterrupted = false;
  std::mutex mutex;
  std::condition_variable hasEnded;
  std::optional<SqlResult> result;

  void end(SqlResult with) {
    const std::lock_guard lock(mutex);
    if (result) return;
    result = std::move(with);
    hasEnded.notify_all();
  }
};

Result<void> runOn(sql::SessionQuery& query, const Job& job, KeptRows& rows) {
  OneText id;
  if (auto read = query.run("SELECT id FROM sessions", id); !read) return read;
  // A collector elsewhere may call its file as one here is called.
  if (id.text() != job.session)
    return failure(Code::NotFound, job.file.string(), "the file is of another session",
                   "ask where the collector is: heaptap query");
  return query.run(job.statements, rows);
}

void run(const std::shared_ptr<Job>& job) {
  const auto onStuck = [weak = std::weak_ptr(job)] {
    SqlResult given;
    given.problem = QStringLiteral("SQL: a function does not come back, and was given up");
    if (const auto stuck = weak.lock()) stuck->end(std::move(given));
  };
  const auto begun = std::chrono::steady_clock::now();
  KeptRows rows;
  std::optional<Error> problem;
  std::uint64_t missing = 0;
  auto query = sql::SessionQuery::open(job->file, {}, job->isInterrupted, onStuck);
  if (!query) {
    problem = query.error();
  } else {
    if (const auto ran = runOn(*query, *job, rows); !ran) problem = ran.error();
    missing = query->missingEvents();
  }
  SqlResult result = rows.take();
  result.missingEvents = missing;
  result.tookNs = static_cast<quint64>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begun).count());
  if (problem) result.problem = problemOf(*problem);
  job->end(std::move(result));
}

SqlResult withProblem(const Error& error) {
  SqlResult result;
  result.problem = lineOf(error);
  return result;
}

}  // namespace

Result<SqlResult> readSql(client::ProfileSource& source, const std::string& session, const SqlWish& wish,
                          const std::stop_token& stop) {
  const auto summary = source.summary(session, stop);
  if (!summary) return withProblem(summary.error());
  const std::string& file = summary->info().file();
  std::error_code ignored;
  if (file.empty() || !std::filesystem::exists(file, ignored))
    return withProblem({Code::NotFound, "SQL",
                        "it reads the session's file, which is on the collector's host" +
                            (file.empty() ? std::string() : ": " + file),
                        "run heaptap query there"});
  auto job = std::make_shared<Job>();
  job->file = file;
  job->session = summary->info().id();
  job->statements = wish.statements.toStdString();
  const std::stop_callback onStop(stop, [&job] {
    job->isInterrupted = true;
    SqlResult none;
    none.problem = QStringLiteral("SQL: stopped");
    job->end(std::move(none));
  });
  std::thread([job] { run(job); }).detach();
  std::unique_lock lock(job->mutex);
  job->hasEnded.wait(lock, [&job] { return job->result.has_value(); });
  return std::move(*job->result);
}

}  // namespace heaptap::gui
