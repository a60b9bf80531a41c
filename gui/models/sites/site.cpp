// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sites/site.h"

#include <QCoreApplication>
#include <algorithm>
#include <iterator>

namespace heaptap::gui {
namespace {

class SiteLabelText {
  Q_DECLARE_TR_FUNCTIONS(Site)
};

}  // namespace

SiteLabel siteLabel(const std::vector<StackLine>& lines) {
  if (lines.empty()) return {.function = SiteLabelText::tr("(no stack was recorded)"), .location = {}};
  std::vector<StackLine> own;
  std::copy_if(lines.begin(), lines.end(), std::back_inserter(own),
               [](const StackLine& line) { return !line.foreign; });
  const std::vector<StackLine>& named = own.empty() ? lines : own;
  return {.function = stackLabel(named.size(), [&](std::size_t i) -> const StackLine& { return named[i]; }),
          .location = shortLocationText(named.front())};
}

quint64 costOf(const SiteNumbers& site, TreeCost cost) {
  switch (cost) {
    case TreeCost::LiveBytes: return site.liveBytes;
    case TreeCost::LiveBlocks: return site.liveBlocks;
    case TreeCost::PeakBytes: return site.peakBytes;
    case TreeCost::Allocations: return site.allocations;
    case TreeCost::AllocatedBytes: return site.allocatedBytes;
    case TreeCost::Temporaries: return site.temporaries;
  }
  return 0;
}

SiteSet::SiteSet(quint64 series, quint64 namesVersion, std::vector<SiteNumbers> numbers)
    : m_numbers(std::move(numbers)),
      m_series(series),
      m_namesVersion(namesVersion),
      m_hasHeaps(std::any_of(m_numbers.begin(), m_numbers.end(),
                             [](const SiteNumbers& site) { return site.heap != 0; })) {}

std::optional<std::size_t> SiteSet::rowOf(const SiteNumbers::Key& key) const {
  const auto found = std::find_if(m_numbers.begin(), m_numbers.end(),
                                  [&](const SiteNumbers& site) { return site.key() == key; });
  if (found == m_numbers.end()) return std::nullopt;
  return static_cast<std::size_t>(found - m_numbers.begin());
}

Estimate SiteSet::estimateOf(std::size_t row, quint64 value, double SiteErrors::*error) const {
  const std::optional<SiteErrors> all = errors(row);
  return {value, all ? std::optional((*all).*error) : std::nullopt};
}

}  // namespace heaptap::gui
