// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace heaptap::cli {

/// Takes Ctrl-C (SIGINT) while it lives: the first one is noted, so that what was read can be shown, the
/// second one ends the process. A SIGINT that was ignored stays so. There is one at a time.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  [[nodiscard]] const std::atomic<bool>& isNoted() const;
  /// Ends the process by the signal, as a shell expects it.
  [[noreturn]] static void pass();
};

}  // namespace heaptap::cli
