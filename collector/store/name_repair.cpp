// SPDX-License-Identifier: Apache-2.0
#include "collector/store/name_repair.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <unordered_map>

#include "collector/store/abandoned_file.h"
#include "collector/store/database.h"
#include "collector/store/opened_file.h"
#include "collector/store/replaced_file.h"
#include "collector/store/reserve_file.h"
#include "collector/store/rows.h"

namespace heaptap::store {
namespace fs = std::filesystem;
namespace {

/// One transaction.
class Repair {
 public:
  Repair(Database& database, const NameRepair& names) : m_database(database), m_names(names) {}

  Result<void> run() {
    return m_database.run("BEGIN IMMEDIATE")
        .and_then([this] { return loadTexts(); })
        .and_then([this] { return writeFrames(); })
        .and_then([this] { return writeModules(); })
        .and_then([this] { return m_database.run("COMMIT"); });
  }

 private:
  Result<void> loadTexts() {
    return forEachRow(m_database, "SELECT id, value FROM text", [this](const Statement& row) -> Result<void> {
      const std::int64_t id = row.integer("id");
      m_texts.try_emplace(std::string(row.text("value")), id);
      m_nextText = std::max(m_nextText, id + 1);
      return {};
    });
  }

  Result<std::int64_t> idOf(const std::string& text, Statement& insert) {
    if (text.empty()) return 0;
    const auto [found, isNew] = m_texts.try_emplace(text, m_nextText);
    if (!isNew) return found->second;
    ++m_nextText;
    auto written = insert.run(Named{"id", found->second}, Named{"value", text});
    if (!written) return tl::unexpected(std::move(written.error()));
    return found->second;
  }

  Result<void> writeFrames() {
    auto text = m_database.prepareInsert("text", {"id", "value"});
    auto clear = m_database.prepare("DELETE FROM symbol_line WHERE frame = :frame");
    auto insert = m_database.prepareInsert(
        "symbol_line", {"frame", "position", "function", "file", "line", "inlined", "allocator"});
    for (const auto* statement : {&text, &clear, &insert})
      if (!*statement) return tl::unexpected(statement->error());
    for (const NameRepair::Frame& frame : m_names.frames) {
      if (auto cleared = clear->run(Named{"frame", frame.id}); !cleared) return cleared;
      std::uint32_t position = 0;
      for (const NameRepair::Line& line : frame.lines) {
        const auto function = idOf(line.function, *text);
        const auto file = function ? idOf(line.file, *text) : function;
        if (!file) return tl::unexpected(file.error());
        auto written =
            insert->run(Named{"frame", frame.id}, Named{"position", position++}, Named{"function", *function},
                        Named{"file", *file}, Named{"line", line.line}, Named{"inlined", line.inlined},
                        Named{"allocator", line.allocator});
        if (!written) return written;
      }
    }
    return {};
  }

  Result<void> writeModules() {
    auto update = m_database.prepare("UPDATE module SET names_missing = :names_missing WHERE id = :id");
    if (!update) return tl::unexpected(update.error());
    for (const auto& [module, missing] : m_names.modules) {
      auto written = update->run(Named{"names_missing", static_cast<int>(missing)}, Named{"id", module});
      if (!written) return written;
    }
    return {};
  }

  Database& m_database;
  const NameRepair& m_names;
  std::unordered_map<std::string, std::int64_t> m_texts;
  std::int64_t m_nextText = 1;
};

Result<void> checkRecorded(const fs::path& session) {
  if (!ReserveFile::isHeldFor(session)) return {};
  return failure(Code::Unavailable, session.string(), "it is being recorded", "wait for its end");
}

void removeWithJournals(const fs::path& file) {
  std::error_code ignored;
  for (const char* suffix : {"-wal", "-shm", "-journal", ""}) fs::remove(file.string() + suffix, ignored);
}

}  // namespace

Result<void> repairNames(const fs::path& session, const NameRepair& repair) {
  if (auto checked = checkRecorded(session); !checked || repair.isEmpty()) return checked;
  return openForChange(session).and_then([&](Database database) { return Repair(database, repair).run(); });
}

Result<void> writeRepairedCopy(const fs::path& session, const fs::path& copy, const NameRepair& repair,
                               bool force) {
  if (auto checked = checkRecorded(session); !checked) return checked;
  if (auto replaced = checkCopy(session, copy, force); !replaced) return replaced;
  const fs::path part = copy.string() + "." + std::to_string(getpid()) + ".part";
  removeWithJournals(part);
  auto done = OpenedFile::open(session)
                  .and_then([&](OpenedFile opened) {
                    auto into = opened.database().prepare("VACUUM INTO :file");
                    return into ? into->run(Named{"file", part.string()})
                                : Result<void>(tl::unexpected(into.error()));
                  })
                  .and_then([&] { return repairNames(part, repair); })
                  .and_then([&]() -> Result<void> {
                    std::error_code error;
                    fs::rename(part, copy, error);
                    if (!error) return {};
                    errno = error.value();
                    return systemFailure(Code::NotWritable, copy.string(), "cannot be written");
                  });
  if (!done) {
    removeWithJournals(part);
    done.error().where = copy.string();  // The session itself was read before.
  }
  return done;
}

}  // namespace heaptap::store
