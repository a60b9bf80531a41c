// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace heaptap::cli {

/// Files that are being written, and are of no use before they are finished: while this object lives, a
/// signal that ends the process (SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXFSZ) removes them first.
/// There is one object at a time. Threads: one.
class UnfinishedFile {
 public:
  enum class Owner : std::uint8_t {
    This,     ///< This process has made the file.
    Unknown,  ///< It will be made; one that is there now is somebody else's, and stays.
  };
  /// `file` and what SQLite and the store keep beside it. Empty: nothing.
  UnfinishedFile(const std::filesystem::path& file, Owner owner);
  ~UnfinishedFile();
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

  /// Async-signal-safe.
  void remove() const;

 private:
  static constexpr std::array kSuffixes{"", "-wal", "-shm", "-journal", ".reserve"};
  struct Name {
    std::string path;
    ino_t before = 0;  ///< Of the file that had this name; 0: there was none.
  };

  std::array<Name, kSuffixes.size()> m_names;
};

}  // namespace heaptap::cli
