// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>

namespace heaptap::store {

/// How a read that may take long is followed and ended by another thread.
struct ReadControl {
  /// Ends it between two rows, or within a query, with Unavailable.
  std::stop_token stop = {};
  /// Called in the reading thread with the share of the file that was read, from 0 to 1, which only grows; at
  /// most once for each hundredth. Empty: not wanted.
  std::function<void(double)> onProgress = {};
};

}  // namespace heaptap::store
