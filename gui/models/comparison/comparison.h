// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <memory>
#include <optional>
#include <vector>

#include "gui/models/sites/site.h"

namespace heaptap::gui {

/// What the session that is shown is compared with.
struct ComparedSide {
  enum class Of {
    ThisSession,   ///< The same session at another time.
    OtherSession,  ///< Another one of the same source.
    File,          ///< A file: a session, or what another profiler has written.
  };
  Of of = Of::ThisSession;
  QString name = {};  ///< An id or a unique prefix of one; of a file, its path.
  QString at = {};    ///< The time, as people write it (client/instant_words.h); empty: now, or the end.

  bool operator==(const ComparedSide&) const = default;
};

struct ComparisonWish {
  ComparedSide other;
  std::optional<quint64> atNs = {};  ///< The time of the session that is shown; none: now, or its end.
  TreeCost cost = TreeCost::LiveBytes;
  QString heap = {};          ///< Empty: malloc's.
  bool isOtherAfter = false;  ///< Which side comes first.
  quint64 turn = 0;           ///< Another number: the same again, as it is now.

  bool operator==(const ComparisonWish&) const = default;
};

/// A number on both sides.
struct NumberChange {
  quint64 before = 0;
  quint64 after = 0;
  quint64 noise = 0;  ///< How far it varies without a cause; 0: it is exact.

  [[nodiscard]] bool grew() const { return after > before; }
  [[nodiscard]] quint64 magnitude() const { return grew() ? after - before : before - after; }
  bool operator==(const NumberChange&) const = default;
};

/// `+1.21 MiB`, `-12`, `0`; `+33.3 %`, or empty: nothing was there before, or it is the same.
[[nodiscard]] QString changeText(const NumberChange& change, bool isBytes);
[[nodiscard]] QString relativeChangeText(const NumberChange& change);

enum class ChangeKind { New, Grew, Shrank, Gone, Noise };
/// "new", "grew", …
[[nodiscard]] QString changeKindText(ChangeKind kind);

/// A call site that differs. It may be several stacks on a side: other builds have other ones.
struct SiteChange {
  NumberChange number;
  ChangeKind kind = ChangeKind::Noise;
  bool isSimilar = false;  ///< The stacks of the two sides are not the same, only similar.
  /// The stack with the largest cost after, or before where the site is only there: in which set, and its row
  /// there. None: no stack was recorded.
  bool isOfAfter = true;
  std::optional<std::size_t> row = {};
};

/// A number of the two summaries.
struct SummaryChange {
  QString name;
  NumberChange number;
  bool isBytes = true;
};

/// How two sessions, or two moments of one, differ by one cost: what `heaptap diff` says.
struct SessionComparison {
  QString before;    ///< What the two sides are called.
  QString after;     ///< Likewise.
  QString headline;  ///< What is to be thought of it, in a sentence or two.
  QStringList notes;
  std::vector<SummaryChange> summary;
  std::vector<SiteChange> sites;  ///< What grew, the most first; what shrank, the most first; noise.
  quint64 sameSites = 0;          ///< Without a difference.
  bool isBytes = true;
  Sites beforeSites = nullptr;
  Sites afterSites = nullptr;

  [[nodiscard]] const Sites& setOf(const SiteChange& change) const {
    return change.isOfAfter ? afterSites : beforeSites;
  }
};

/// Never changes. Null: there is none.
using ComparisonPtr = std::shared_ptr<const SessionComparison>;

}  // namespace heaptap::gui
