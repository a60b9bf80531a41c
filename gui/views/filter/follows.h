// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/models/filter/filter_term.h"

namespace heaptap::gui {

/// Which terms of the filter a view takes notice of.
enum class Follows : quint8 { Nothing, Names, NamesAndSizes, Everything };

[[nodiscard]] constexpr bool isFollowed(Follows follows, const FilterTerm& term) {
  switch (follows) {
    case Follows::Nothing: return false;
    case Follows::Names: return term.isOfNames();
    case Follows::NamesAndSizes: return term.isOfNames() || term.of == FilterTerm::Of::Size;
    case Follows::Everything: return true;
  }
  return false;
}

}  // namespace heaptap::gui
