// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "base/unique_fd.h"

namespace heaptap::relay {

/// Keeps messages until the collector has acknowledged them: in memory up to a bound, beyond it in an
/// unlinked temporary file, whose space is given back as messages go.
/// Threads: any.
class Spool {
 public:
  struct Options {
    std::string directory = "/tmp";
    std::uint64_t memoryBytes = 64ULL << 20;
    std::uint64_t totalBytes = 1ULL << 30;
  };
  using Message = std::shared_ptr<const std::string>;

  explicit Spool(Options options) : m_options(std::move(options)) {}

  /// Keeps a message; messages are numbered 1, 2, 3, …. Always succeeds, also when there is no room left.
  void push(std::string message);
  /// May the next message come? False when the bound is reached, or the file cannot be written.
  [[nodiscard]] bool hasRoom() const;

  /// Number of the last message pushed.
  [[nodiscard]] std::uint64_t last() const;
  /// Number of the last message acknowledged.
  [[nodiscard]] std::uint64_t acknowledged() const;
  /// Size of a message that is kept.
  [[nodiscard]] std::uint64_t sizeOf(std::uint64_t number) const;
  /// A message that is kept; null when the file cannot be read.
  [[nodiscard]] Message read(std::uint64_t number) const;
  /// Forgets all messages up to `number`.
  void acknowledge(std::uint64_t number);
  /// Bytes of all messages that are kept.
  [[nodiscard]] std::uint64_t bytes() const;
  /// Bytes of those that are kept in the file.
  [[nodiscard]] std::uint64_t bytesInFile() const;

 private:
  struct Kept {
    std::uint64_t size = 0;
    Message inMemory;          ///< Null: in the file.
    std::uint64_t offset = 0;  ///< In the file.
  };
  bool writeToFile(const std::string& message);
  void release(const Kept& kept);

  const Options m_options;
  mutable std::mutex m_mutex;
  std::deque<Kept> m_kept;  ///< m_kept[i] has the number m_acknowledged + 1 + i.
  std::uint64_t m_acknowledged = 0;
  std::uint64_t m_memory = 0;  ///< Bytes in memory.
  std::uint64_t m_file = 0;    ///< Bytes in the file that are still needed.
  std::uint64_t m_fileEnd = 0;
  UniqueFd m_fd;
  bool m_fileFailed = false;
};

}  // namespace heaptap::relay
