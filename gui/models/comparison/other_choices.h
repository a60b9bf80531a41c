// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "gui/models/comparison/comparison.h"
#include "gui/models/sessions/session_store.h"

namespace heaptap::gui {

/// Something that a session can be compared with.
struct OtherChoice {
  enum class Kind {
    Fixed,        ///< This side.
    RunBefore,    ///< The newest session of the same program that began earlier.
    TimelineA,    ///< The beginning of the stretch that is chosen, wherever it is moved.
    AnotherTime,  ///< Of the same session: the user says which.
  };
  Kind kind = Kind::Fixed;
  QString text = {};
  ComparedSide side = {};

  bool operator==(const OtherChoice&) const = default;
};

/// What there is to compare the session of the store with, the likeliest first. `chosen`: a side that is
/// among them in any case.
[[nodiscard]] std::vector<OtherChoice> otherChoices(SessionStore& store, const TimeChoice& time,
                                                    const std::optional<ComparedSide>& chosen);

/// The choice that stands for a side; none: there is none.
[[nodiscard]] std::optional<std::size_t> choiceOf(const std::vector<OtherChoice>& choices,
                                                  const ComparedSide& side);

/// A moment, exactly, as people write it: `12.5s`.
[[nodiscard]] QString writtenMoment(quint64 ns);

}  // namespace heaptap::gui
