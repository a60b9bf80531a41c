// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "collector/ingest/keyframe_columns.h"
#include "collector/model/session_model.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// Follows keyframes part by part, and holds each against what was counted: every pair must have as many
/// blocks in it as are live.
///
/// A keyframe that ends without its last part is none, and no error: its relay had no memory for the rest.
/// Memory:  8 bytes for each pair, from the first part of a keyframe to its last.
/// Threads: one at a time.
class KeyframeCheck {
 public:
  explicit KeyframeCheck(std::uint32_t timeUnitNs) : m_timeUnitNs(timeUnitNs) {}

  /// The next part, when nothing has come since the one before. `model`: of this moment.
  /// Errors: Corrupt; the keyframe is then over.
  Result<void> apply(const v1::Keyframe& part, const model::SessionModel& model);
  /// Something else has come: what follows is no part of the keyframe before.
  void interrupt();
  /// The collector has begun anew, and does not know in which part of a keyframe it had ended: parts that go
  /// on with one are passed over.
  void resume() { m_isPassingOver = true; }

 private:
  void begin(const model::SessionModel& model);
  Result<void> check(const v1::Keyframe& part, const model::SessionModel& model);

  std::uint32_t m_timeUnitNs;
  KeyframeColumns m_columns;
  bool m_isPassingOver = false;
  std::uint32_t m_nextPart = 0;       ///< 0: no keyframe is under way.
  std::uint64_t m_nextNumber = 0;     ///< Of the blocks to come: none is below, …
  std::uint64_t m_lastNs = 0;         ///< … nor older.
  std::vector<std::uint64_t> m_left;  ///< Blocks of each pair that are still to come, …
  std::uint64_t m_leftInAll = 0;      ///< … and of all pairs.
};

}  // namespace heaptap::ingest
