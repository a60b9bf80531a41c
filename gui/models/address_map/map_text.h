// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>

#include "gui/models/address_map/map_layout.h"

/// Address maps in words.
namespace heaptap::gui {

[[nodiscard]] QString mapAddressText(quint64 address);

/// The heap in a line: `1.21 MiB in 162 blocks on 480 KiB of pages: 45.0 % used  ·  …`.
[[nodiscard]] QString mapSentence(const AddressMap& map);

/// What a tool tip says of the cell at this place: its addresses, what is in it, and whose most of it is.
[[nodiscard]] QStringList mapCellLines(const AddressMap& map, quint64 cell);
/// The same in one line, for a status line and for screen readers.
[[nodiscard]] QString mapCellSentence(const AddressMap& map, quint64 cell);

/// What stands in a row that is folded: `1.00 GiB without blocks`, `256 MiB more of this block, of parse`.
[[nodiscard]] QString mapFoldText(const AddressMap& map, const MapRow& row);

}  // namespace heaptap::gui
