// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "base/error.h"
#include "collector/query/session_view.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::service {

/// A session that queries can be asked about, live or stored. Threads: any.
class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;

  virtual const model::SessionId& id() const = 0;
  virtual v1::SessionInfo info() = 0;
  /// Everything now. Errors: as reading its file.
  virtual Result<query::SharedView> view() = 0;
  /// The same without what pairs have counted, where that is cheaper.
  virtual Result<query::SharedView> viewWithoutCounts() = 0;
  /// Waits until the session has ended, at most so long. True once it has.
  virtual bool waitForEnd(std::chrono::milliseconds atMost) = 0;
};

/// For SessionView::opened: another number each time, also in other collectors.
std::uint64_t openingNumber();

}  // namespace heaptap::service
