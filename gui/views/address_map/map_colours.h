// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPalette>
#include <vector>

#include "gui/models/address_map/address_map.h"
#include "gui/views/painting/hues.h"
#include "gui/views/painting/legend.h"

namespace heaptap::gui {

/// What the colour of a cell stands for.
enum class MapColouring : quint8 { Site, Age, Size, Thread };

/// The colours of an address map: hues for the call sites or threads that have most, shades for ages and
/// sizes.
class MapColours {
 public:
  /// `map` must outlive it.
  MapColours(const AddressMap& map, MapColouring colouring, const QPalette& palette);

  [[nodiscard]] QColor of(const MapCell& cell) const;
  [[nodiscard]] QColor outline() const { return m_hues.outline(); }
  [[nodiscard]] std::vector<Meaning> legend() const;

 private:
  [[nodiscard]] double shareOf(const MapCell& cell) const;
  void rank(const std::vector<MapOwner>& owners);

  const AddressMap& m_map;
  MapColouring m_colouring;
  Hues m_hues;
  std::vector<std::size_t> m_owners;  ///< Those with hues, the largest first.
  std::vector<std::size_t> m_hue;     ///< By owner; Hues::kCount: none of its own.
  quint64 m_most = 1;                 ///< Of ages or sizes.
};

}  // namespace heaptap::gui
