// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "gui/models/leaks/leak.h"

namespace heaptap::gui::test {

/// One that grows in parse (stacks 1 and 4), one of render (stack 2), and one that libstdc++ keeps (stack 3).
inline Leaks threeLeaks() {
  std::vector<LeakGroup> groups(3);
  groups[0].kind = LeakKind::Growing;
  groups[0].place.function = QStringLiteral("parse");
  groups[0].bytes = 4'096;
  groups[0].blocks = 8;
  groups[0].confidence = LeakConfidence{.score = 0.93, .word = QStringLiteral("high")};
  groups[0].liveBytes = {0, 2'048, 4'096};
  groups[0].sites = {{1, 0}, {4, 0}};
  groups[1].kind = LeakKind::Once;
  groups[1].place.function = QStringLiteral("render");
  groups[1].bytes = 100;
  groups[1].blocks = 1;
  groups[1].sites = {{2, 0}};
  groups[2].kind = LeakKind::Kept;
  groups[2].name = QStringLiteral("libstdc++: memory for exceptions");
  groups[2].bytes = 72'704;
  groups[2].blocks = 1;
  groups[2].sites = {{3, 0}};
  return std::make_shared<const std::vector<LeakGroup>>(std::move(groups));
}

/// Only what is kept.
inline Leaks noOwnLeaks() {
  return std::make_shared<const std::vector<LeakGroup>>(std::vector<LeakGroup>{threeLeaks()->back()});
}

}  // namespace heaptap::gui::test
