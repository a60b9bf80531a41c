// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "gui/models/estimate.h"
#include "gui/models/sessions/time_choice.h"
#include "gui/models/sites/site.h"

namespace heaptap::gui {

/// A block that was live at some instant.
struct Block {
  quint64 address = 0;
  quint64 size = 0;   ///< As it was asked for.
  quint64 ageNs = 0;  ///< At the instant.
  QString thread;     ///< That allocated it; empty: unknown.
  SiteNumbers::Key site;
  SiteLabel label;
};

/// The first ones of those that qualify, in the order that was asked for.
struct BlockPage {
  quint64 recorded = 0;  ///< That qualify.
  Estimate blocks = {};  ///< What they stand for: in a sampled session each for more than itself, …
  Estimate bytes = {};   ///< … and what that has.
  quint64 atNs = 0;
  bool areSamples = false;
  std::vector<Block> rows;
};

enum class BlockOrder { Largest, Oldest, Address };

/// The second is not included.
struct AddressRange {
  quint64 from = 0;
  quint64 to = 0;

  bool operator==(const AddressRange&) const = default;
};

/// Which blocks are looked at.
struct BlockWish {
  std::optional<quint64> atNs = {};    ///< None: now, or at the end.
  std::optional<quint64> fromNs = {};  ///< Only those that were allocated later.
  BlockOrder order = BlockOrder::Largest;
  SiteFilter filter = {};
  std::optional<AddressRange> addresses = {};  ///< Blocks of malloc's heap that have a byte there. None: all.
  quint64 limit = 1'000;                       ///< Rows at most.
  quint64 turn = 0;                            ///< Another number: the same again, as it is now.

  bool operator==(const BlockWish&) const = default;
};

}  // namespace heaptap::gui
