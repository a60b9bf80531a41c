// SPDX-License-Identifier: Apache-2.0
#include "collector/store/opened_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "collector/store/schema.h"

namespace heaptap::store {
namespace {

Result<void> checkFile(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status))
    return failure(Code::NotFound, file.string(), "no such file",
                   "heaptap ls FOLDER lists the sessions of a folder");
  if (!std::filesystem::is_regular_file(status)) {
    return failure(Code::NotASession, file.string(), "not a regular file, expected a heaptap session");
  }
  if (::faccessat(AT_FDCWD, file.c_str(), R_OK, AT_EACCESS) != 0)
    return systemFailure(Code::NotPermitted, file.string(), "cannot read");
  return {};
}

Result<Database> openChecked(const std::filesystem::path& file, Database::Mode mode) {
  return Database::open(file, mode).and_then([](Database opened) {
    return checkSchema(opened).map([&] { return std::move(opened); });
  });
}

bool exists(const std::filesystem::path& file) {
  std::error_code error;
  return std::filesystem::exists(file, error) || error;
}

/// Whether the file says of itself that it may have a log beside it: while it is recorded it does.
bool hasLogFormat(const std::filesystem::path& file) {
  constexpr std::size_t kVersions = 18;  // In SQLite's header; 2: with a log.
  std::array<char, kVersions + 2> header{};
  std::ifstream(file, std::ios::binary).read(header.data(), header.size());
  // Ended by a zero, as in the header; another kind of file may have none.
  return std::string_view(header.data(), header.size())
             .starts_with(std::string_view("SQLite format 3", 16)) &&
         header[kVersions] == 2;
}

bool hasBytes(const std::filesystem::path& file) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(file, error);
  return !error && bytes > 0;
}

}  // namespace

Result<OpenedFile> OpenedFile::open(const std::filesystem::path& file) {
  if (auto checked = checkFile(file); !checked) return tl::unexpected(checked.error());
  // Nobody writes it: there need be no lock, nor anything beside it that was not there.
  if (hasLogFormat(file) && !exists(file.string() + "-shm")) return openWithoutLocks(file);
  auto database = openChecked(file, Database::Mode::ReadOnly);
  if (database) return OpenedFile(std::move(*database), std::nullopt);
  if (database.error().code == Code::NotWritable) return openWithoutLocks(file);
  return tl::unexpected(database.error());
}

Result<OpenedFile> OpenedFile::openWithoutLocks(const std::filesystem::path& file) {
  if (hasBytes(file.string() + "-journal"))
    return failure(Code::NotWritable, file.string(), "a program that changed it was killed on the way",
                   "try, where it may be written: heaptap recover FILE");
  const std::string log = file.string() + "-wal";
  const bool hasLog = hasBytes(log);
  if (hasLog && ::faccessat(AT_FDCWD, log.c_str(), R_OK, AT_EACCESS) != 0)
    return systemFailure(Code::NotPermitted, log, "cannot read",
                         "it holds what was recorded last: make it readable, or copy both files");
  States before = statesOf(file);
  return openChecked(file, hasLog ? Database::Mode::OwnIndex : Database::Mode::Immutable)
      .map([&](Database opened) { return OpenedFile(std::move(opened), before); });
}

OpenedFile::States OpenedFile::statesOf(const std::filesystem::path& file) {
  States states{FileState::of(file), FileState::of(file.string() + "-wal"),
                FileState::of(file.string() + "-shm")};
  // Where root opens a log, SQLite gives it to the file's owner anew.
  for (auto& state : states)
    if (state) state->changedNs = 0;
  return states;
}

Result<void> OpenedFile::checkSame() const {
  if (!m_before || *m_before == statesOf(m_database.file())) return {};
  auto changed =
      failure(Code::Unavailable, m_database.file().string(), "it was written while it was read", "try again");
  changed.value().isPassing = true;
  return changed;
}

}  // namespace heaptap::store
