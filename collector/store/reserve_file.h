// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/unique_fd.h"

namespace heaptap::store {

/// Disk space kept beside a session file while it is written: given back when the disk is full, it makes
/// room for the final numbers. Having none is not an error: the disk may be nearly full already.
/// It also shows that the session is being written: it is locked (flock(2)) for as long as it is there, also
/// while its space is given back. Owns: the file; removed by the destructor.
class ReserveFile {
 public:
  static constexpr std::uint64_t kBytes = 8ULL << 20;

  ReserveFile() = default;
  /// Takes kBytes, or an eighth of the free space when that is less, in a new file FILE.reserve.
  explicit ReserveFile(const std::filesystem::path& sessionFile);
  ReserveFile(ReserveFile&& other) noexcept;
  ReserveFile& operator=(ReserveFile&& other) noexcept;
  ~ReserveFile() { release(); }

  /// Whether a writer, in this process or another, has a reserve for that session.
  static bool isHeldFor(const std::filesystem::path& sessionFile);

  /// Whether a reserve is there that no writer has: its collector was killed.
  static bool isLeftFor(const std::filesystem::path& sessionFile);
  /// Removes what a collector that was killed has left. Only where it is not held.
  static void removeFor(const std::filesystem::path& sessionFile);

  /// Gives the space back to the disk. The file stays, empty and locked.
  void giveBack();
  /// Takes `bytes` again. False: there is no room; then none is taken.
  bool takeAgain(std::uint64_t bytes);
  /// Removes the file. Does nothing the second time.
  void release();
  std::uint64_t bytes() const { return m_bytes; }

 private:
  std::filesystem::path m_file;
  std::uint64_t m_bytes = 0;
  UniqueFd m_descriptor;
};

}  // namespace heaptap::store
