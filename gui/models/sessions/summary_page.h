// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "gui/models/leaks/leak.h"
#include "gui/models/sessions/summary.h"
#include "gui/models/sites/site.h"

namespace heaptap::gui {

/// What is known of a session, of one moment as far as it goes.
struct SummaryFacts {
  const Summary& summary;
  Sites sites = nullptr;      ///< Null: not yet.
  Leaks leaks = nullptr;      ///< Null: not known as such.
  bool isTimeChosen = false;  ///< Other views are of a time that the user has chosen.
};

/// What the session comes to, in a sentence or two: what it leaked, or what is live.
[[nodiscard]] QString verdictText(const SummaryFacts& facts);

/// A page (HTML as Qt's documents have it): the verdict, where the memory comes from, and what the reader
/// must know of the numbers. Links are `view:ID` of a view, `site:ROW` of the sites, `time:NS` of an instant.
[[nodiscard]] QString summaryPage(const SummaryFacts& facts);

}  // namespace heaptap::gui
