// SPDX-License-Identifier: Apache-2.0
#include "collector/store/anonymized_copy.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "collector/model/copied_session.h"
#include "collector/store/database.h"
#include "collector/store/opened_file.h"
#include "collector/store/replaced_file.h"
#include "collector/store/reserve_file.h"
#include "collector/store/rows.h"
#include "collector/store/schema.h"
#include "collector/store/session_reader.h"

namespace heaptap::store {
namespace fs = std::filesystem;
namespace {

/// Extensions that say what a file is, and nothing of who has made it.
constexpr std::array<std::string_view, 20> kKnownExtensions{
    ".c",   ".cc",  ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".inc", ".inl",
    ".ipp", ".tcc", ".rs",  ".s",   ".S", ".go", ".py",  ".d",   ".zig", ".so"};

/// What a file is by its name: its extension, where it is a known one; of a library with its version `.so`.
std::string extensionOf(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.find(".so.") != std::string_view::npos) return ".so";
  const std::string_view extension = name.substr(std::min(name.rfind('.'), name.size()));
  const bool isKnown =
      std::find(kKnownExtensions.begin(), kKnownExtensions.end(), extension) != kKnownExtensions.end();
  return isKnown ? std::string(extension) : std::string();
}

/// Numbers texts of one kind, and makes other ones of the numbers.
class Names {
 public:
  enum class Of : std::uint8_t { Files, Others };
  explicit Names(std::string stem, Of of = Of::Others, PublicParts::Keep keep = {})
      : m_stem(std::move(stem)), m_of(of), m_keep(std::move(keep)) {}

  /// `stem_1`, of a file `stem_1.cpp`, or what is public of it; nothing for nothing.
  std::string of(std::string_view text) {
    if (text.empty()) return {};
    const auto number = m_numbers.try_emplace(std::string(text), m_numbers.size() + 1).first->second;
    const std::string other =
        m_stem + std::to_string(number) + (m_of == Of::Files ? extensionOf(text) : std::string());
    return m_keep ? m_keep(text, other) : other;
  }

 private:
  std::string m_stem;
  Of m_of;
  PublicParts::Keep m_keep;
  std::map<std::string, std::size_t> m_numbers;
};

class Anonymizer {
 public:
  Anonymizer(Database& database, const model::DefinitionsView& definitions, const PublicParts& parts)
      : m_database(database),
        m_definitions(definitions),
        m_parts(parts),
        m_functions("function_", Names::Of::Others, parts.function),
        m_files("/source/file_", Names::Of::Files, parts.file),
        m_modules("/program/module_", Names::Of::Files, parts.module) {}

  Result<void> run() {
    const auto step = [this](const char* table, const char* key, const char* column, Names& names,
                             const char* condition = "1") {
      return [this, table, key, column, &names, condition] {
        return replace(table, key, column, condition,
                       [&names](std::int64_t, std::string_view text) { return names.of(text); });
      };
    };
    return m_database.run("BEGIN IMMEDIATE")
        .and_then([this] { return replaceTexts(); })
        // The program is one of the modules.
        .and_then(step("module", "id", "path", m_modules))
        .and_then(step("session", "rowid", "executable", m_modules))
        .and_then(step("argument", "position", "value", m_modules, "position = 0"))
        .and_then(step("unrecorded", "rowid", "program", m_modules))
        .and_then(step("argument", "position", "value", m_arguments, "position > 0"))
        .and_then(step("session", "rowid", "working_directory", m_folders))
        .and_then(step("session", "rowid", "host", m_hosts))
        .and_then(step("thread", "id", "name", m_threads))
        .and_then(step("heap", "id", "name", m_heaps, "id >= 2"))
        .and_then(step("mark", "id", "name", m_marks))
        .and_then([this] { return m_database.run("UPDATE module SET build_id = ''"); })
        .and_then([this] {
          return m_database.run("UPDATE session SET agent_version = '" + std::string(model::kAnonymized) +
                                "' || agent_version");
        })
        // Half sentences about programs may have their paths.
        .and_then([this] { return m_database.run("UPDATE unrecorded SET why = 'left out of this copy'"); })
        .and_then([this] { return m_database.run("COMMIT"); })
        // What was there before must not be found in pages that are free now.
        .and_then([this] { return m_database.run("VACUUM"); });
  }

 private:
  template <class Replacement>
  Result<void> replace(const std::string& table, const std::string& key, const std::string& column,
                       const std::string& condition, Replacement&& replacement) {
    std::vector<std::pair<std::int64_t, std::string>> found;
    auto read = forEachRow(
        m_database, "SELECT " + key + " AS id, " + column + " AS value FROM " + table + " WHERE " + condition,
        [&found](const Statement& row) -> Result<void> {
          if (!row.isNull("value")) found.emplace_back(row.integer("id"), row.text("value"));
          return {};
        });
    if (!read) return read;
    auto update =
        m_database.prepare("UPDATE " + table + " SET " + column + " = :value WHERE " + key + " = :id");
    if (!update) return tl::unexpected(update.error());
    for (const auto& [id, text] : found)
      if (auto done = update->run(Named{"value", replacement(id, text)}, Named{"id", id}); !done) return done;
    return {};
  }

  /// Texts are functions or files, by where they are used.
  Result<void> replaceTexts() {
    std::set<std::int64_t> kept, files;
    for (const auto& [query, ids] :
         {std::pair<const char*, std::set<std::int64_t>*>{
              "SELECT DISTINCT function AS id FROM symbol_line WHERE allocator = 1 UNION "
              "SELECT id FROM text WHERE value IN ('main', '_start')",
              &kept},
          {"SELECT DISTINCT file AS id FROM symbol_line", &files}}) {
      auto read = forEachRow(m_database, query, [ids = ids](const Statement& row) -> Result<void> {
        ids->insert(row.integer("id"));
        return {};
      });
      if (!read) return read;
    }
    if (auto read = addOfTheSystem(kept); !read) return read;
    // A file is none of those that are kept, whatever it is called.
    return replace("text", "id", "value", "1", [&](std::int64_t id, std::string_view text) {
      if (files.contains(id)) return m_files.of(text);
      // Template arguments of an allocator are the program's.
      return kept.contains(id) && text.find('<') == std::string_view::npos ? std::string(text)
                                                                           : m_functions.of(text);
    });
  }

  /// Functions that are nowhere but in modules of the system.
  Result<void> addOfTheSystem(std::set<std::int64_t>& kept) {
    std::vector<bool> isOfTheSystem;
    for (const model::Module& module : m_definitions.modules)
      isOfTheSystem.push_back(m_parts.isOfTheSystem(module.path));
    std::map<std::int64_t, bool> functions;
    auto read = forEachRow(
        m_database, "SELECT frame, function FROM symbol_line", [&](const Statement& row) -> Result<void> {
          const auto frame = static_cast<std::uint64_t>(row.integer("frame"));
          const std::uint32_t module =
              frame < m_definitions.frames.size() ? m_definitions.frames[frame].module : 0;
          const bool isIn = module != 0 && module <= isOfTheSystem.size() && isOfTheSystem[module - 1];
          const auto [known, isNew] = functions.try_emplace(row.integer("function"), isIn);
          if (!isNew) known->second = known->second && isIn;
          return {};
        });
    for (const auto& [function, isIn] : functions)
      if (isIn) kept.insert(function);
    return read;
  }

  Database& m_database;
  const model::DefinitionsView& m_definitions;
  const PublicParts& m_parts;
  Names m_functions;
  Names m_files;
  Names m_modules;
  Names m_arguments{"argument_"};
  Names m_folders{"/folder_"};
  Names m_hosts{"host_"};
  Names m_threads{"thread_"};
  Names m_heaps{"heap_"};
  Names m_marks{"mark_"};
};

void removeAll(const fs::path& file) {
  std::error_code ignored;
  for (const char* suffix : {"-wal", "-shm", "-journal", ""}) fs::remove(file.string() + suffix, ignored);
}

}  // namespace

Result<void> writeAnonymizedCopy(const fs::path& session, const fs::path& copy, bool force,
                                 const PublicParts& parts) {
  // First of all it must be a session, and whole.
  const auto checked = SessionReader::open(session).and_then(
      [](SessionReader reader) { return reader.load(SessionReader::Use::Look); });
  if (!checked) return tl::unexpected(checked.error());
  if (ReserveFile::isHeldFor(session))
    return failure(Code::Unavailable, session.string(), "it is being recorded", "wait for its end");
  if (auto replaced = checkCopy(session, copy, force); !replaced) return replaced;
  removeAll(copy);
  const auto source = OpenedFile::open(session).and_then([&](OpenedFile opened) {
    auto into = opened.database().prepare("VACUUM INTO :file");
    return into ? into->run(Named{"file", copy.string()}) : Result<void>(tl::unexpected(into.error()));
  });
  auto done = source.and_then([&] { return Database::open(copy, Database::Mode::ReadWrite); })
                  .and_then([&](Database database) {
                    return database.run("PRAGMA secure_delete = ON").and_then([&] {
                      const auto definitions = checked->builder.record().definitions.view();
                      return Anonymizer(database, definitions, parts).run();
                    });
                  });
  if (done) return done;
  Error error = std::move(done.error());
  // SQLite tells of either file by its whole path, and of the copy as if the session had been written.
  const bool isOfTheCopy = error.code == Code::StorageFull || error.code == Code::NotWritable;
  std::error_code ignored;
  if (isOfTheCopy || fs::equivalent(error.where, copy, ignored))
    error.where = copy.string();
  else if (fs::equivalent(error.where, session, ignored))
    error.where = session.string();
  removeAll(copy);
  return tl::unexpected(std::move(error));
}

}  // namespace heaptap::store
