// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "gui/models/sites/site.h"

namespace heaptap::gui {

/// A block that an address has had. Times are in ns since the session's start.
struct BlockLife {
  quint64 bornNs = 0;
  std::optional<quint64> freedNs = {};  ///< None: it is live.
  quint64 address = 0;                  ///< Where it begins.
  quint64 size = 0;                     ///< As it was asked for.
  QString thread;                       ///< That allocated it; empty: unknown.
  QString freedBy;                      ///< The thread that freed it; likewise.
  QString freedIn;                      ///< The program's own function that did; empty: not recorded.
  QString heap;                         ///< Empty: malloc's.
  SiteNumbers::Key site;
  SiteLabel label;

  [[nodiscard]] bool isLiveAt(quint64 ns) const { return bornNs <= ns && (!freedNs || *freedNs > ns); }
};

/// So many blocks of an address are listed: the last ones.
inline constexpr std::size_t kMostLives = 10'000;

/// What an address has had over time: blocks that had a byte there.
struct AddressHistory {
  quint64 blocks = 0;                 ///< In all.
  quint64 knownFromNs = 0;            ///< Earlier events are not stored.
  bool areSamples = false;            ///< Most blocks were not recorded.
  bool isCut = false;                 ///< There were so many that the last ones are not looked at.
  std::vector<BlockLife> lives = {};  ///< In the order in which they were allocated: the last ones.
};

struct AddressWish {
  quint64 address = 0;
  quint64 turn = 0;  ///< Another number: the same again, as it is now.

  bool operator==(const AddressWish&) const = default;
};

}  // namespace heaptap::gui
