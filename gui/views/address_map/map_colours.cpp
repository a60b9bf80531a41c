// SPDX-License-Identifier: Apache-2.0
#include "gui/views/address_map/map_colours.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "gui/models/histograms/histogram.h"
#include "gui/models/quantity_text.h"
#include "gui/models/trees/tree_text.h"

namespace heaptap::gui {
namespace {

class AddressMapLegend {
  Q_DECLARE_TR_FUNCTIONS(AddressMap)
};

constexpr qsizetype kMostOfAMeaning = 40;

}  // namespace

MapColours::MapColours(const AddressMap& map, MapColouring colouring, const QPalette& palette)
    : m_map(map), m_colouring(colouring), m_hues(palette) {
  if (colouring == MapColouring::Site) rank(map.functions);
  if (colouring == MapColouring::Thread) rank(map.threads);
  for (const MapCell& cell : map.cells)
    m_most = std::max(m_most, colouring == MapColouring::Age ? cell.oldestNs : cell.largest);
}

void MapColours::rank(const std::vector<MapOwner>& owners) {
  std::vector<quint64> bytes;
  for (const MapOwner& owner : owners) bytes.push_back(owner.bytes);
  m_owners = largestOf(bytes, Hues::kCount);
  m_hue.assign(owners.size(), Hues::kCount);
  for (std::size_t i = 0; i < m_owners.size(); ++i) m_hue[m_owners[i]] = i;
}

/// Of sizes, by their logarithm: most of them are small.
double MapColours::shareOf(const MapCell& cell) const {
  if (m_colouring == MapColouring::Age)
    return static_cast<double>(cell.oldestNs) / static_cast<double>(m_most);
  return std::log2(1.0 + static_cast<double>(cell.largest)) / std::log2(1.0 + static_cast<double>(m_most));
}

QColor MapColours::of(const MapCell& cell) const {
  if (m_colouring == MapColouring::Age || m_colouring == MapColouring::Size)
    return m_hues.shade(shareOf(cell));
  const quint32 owner = m_colouring == MapColouring::Site ? cell.function : cell.thread;
  return owner < m_hue.size() && m_hue[owner] < Hues::kCount ? m_hues.at(m_hue[owner]) : m_hues.neutral();
}

std::vector<Meaning> MapColours::legend() const {
  std::vector<Meaning> meanings;
  if (m_map.cells.empty()) return meanings;
  if (m_colouring == MapColouring::Age || m_colouring == MapColouring::Size) {
    const bool isAge = m_colouring == MapColouring::Age;
    const auto text = [&](double share) {
      if (isAge) return durationText(static_cast<quint64>(share * static_cast<double>(m_most)));
      return bytesText(
          static_cast<quint64>(std::exp2(share * std::log2(1.0 + static_cast<double>(m_most))) - 1));
    };
    meanings.push_back({.colour = m_hues.shade(0),
                        .text = isAge ? AddressMapLegend::tr("new") : AddressMapLegend::tr("small")});
    meanings.push_back({.colour = m_hues.shade(0.5), .text = text(0.5)});
    meanings.push_back({.colour = m_hues.shade(1), .text = text(1)});
    return meanings;
  }
  const std::vector<MapOwner>& owners = m_colouring == MapColouring::Site ? m_map.functions : m_map.threads;
  for (std::size_t i = 0; i < m_owners.size(); ++i)
    meanings.push_back({.colour = m_hues.at(i), .text = oneLine(owners[m_owners[i]].name, kMostOfAMeaning)});
  const auto others = std::count_if(owners.begin(), owners.end(), [](const auto& o) { return o.bytes > 0; });
  if (static_cast<std::size_t>(others) > m_owners.size())
    meanings.push_back({.colour = m_hues.neutral(),
                        .text = m_colouring == MapColouring::Site ? AddressMapLegend::tr("other call sites")
                                                                  : AddressMapLegend::tr("other threads")});
  return meanings;
}

}  // namespace heaptap::gui
