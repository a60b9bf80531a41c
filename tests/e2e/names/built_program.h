// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tests/e2e/recording.h"

namespace heaptap::test {

/// A folder with a program that is built in it, and its debug file apart.
class BuiltProgram {
 public:
  /// `extension`: c or cpp. The program is `program`, with a build id.
  BuiltProgram(const std::string& source, const std::string& extension, std::vector<std::string> options);

  /// Moves the debug information to `debug/.build-id/…`, and leaves the program stripped.
  void separateDebugFile() const;
  /// Hexadecimal.
  [[nodiscard]] std::string buildId() const;
  /// `.build-id/ab/cdef.debug`.
  [[nodiscard]] std::string debugName() const;

  /// Runs a program in the folder. Fails the test when its status is not 0.
  Outcome run(const std::vector<std::string>& argv,
              const std::map<std::string, std::optional<std::string>>& environment = {}) const;
  /// Runs `heaptap` there, with whatever status.
  [[nodiscard]] Outcome heaptap(
      std::vector<std::string> words,
      const std::map<std::string, std::optional<std::string>>& environment = {}) const;
  /// `FUNCTION FILE:LINE` of the stack of the only site that allocated blocks of `bytes`, up to main; with
  /// the file's last part, `?` where unknown.
  [[nodiscard]] std::vector<std::string> stackOf(std::int64_t bytes,
                                                 const std::string& session = "s.heaptap") const;
  [[nodiscard]] std::vector<std::string> notes(const std::string& session = "s.heaptap") const;

  TemporaryFolder folder;
};

}  // namespace heaptap::test
