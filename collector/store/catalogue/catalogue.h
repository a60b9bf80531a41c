// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "collector/store/file_state.h"
#include "collector/store/session_reader.h"

namespace heaptap::store {

/// The headers of all sessions in a folder, most of them without opening their files.
///
/// What was read of a file is kept beside the sessions, in `.heaptap-catalogue`, with the state that the file
/// had; for a file in another state, or with something of a writer's beside it (log, reserve), it does not
/// count. So a list is true to the files that are there. Small folders have no catalogue, nor have those that
/// cannot be written: each file is opened then.
/// Threads: one at a time; any number of processes.
class Catalogue {
 public:
  /// Looks what is there. Errors: NotFound, NotPermitted.
  static Result<Catalogue> open(const std::filesystem::path& folder);

  /// The session files, by name.
  [[nodiscard]] const std::vector<std::filesystem::path>& files() const { return m_files; }
  /// Errors: as SessionReader::open() and header().
  Result<StoredHeader> header(const std::filesystem::path& file);
  /// Whether there is more of a session than its file: it is being recorded, or its collector was killed.
  [[nodiscard]] bool hasMore(const std::filesystem::path& file) const;
  /// Keeps what had to be read, for the next time. Without a word where that cannot be.
  void keep(std::chrono::system_clock::time_point now = std::chrono::system_clock::now());

 private:
  /// As a file said it, and in which state.
  struct Known {
    FileState state;
    HeaderParts parts;
    bool isConfirmed = false;  ///< That this is the file's state now.
  };
  explicit Catalogue(std::filesystem::path folder) : m_folder(std::move(folder)) {}

  void load();
  Known* knownOf(const std::string& name, const FileState& state);

  std::filesystem::path m_folder;
  std::vector<std::filesystem::path> m_files;
  std::unordered_set<std::string> m_names;  ///< Of all that is in the folder.
  std::unordered_map<std::string, Known> m_known;
  std::uint32_t m_owner = 0;  ///< Of the catalogue that was read.
  std::size_t m_unknown = 0;  ///< That had to be opened, and are worth keeping.
};

}  // namespace heaptap::store
