// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sites/site_series.h"

#include <atomic>
#include <utility>

#include "gui/client/sites/name_texts.h"
#include "gui/client/sites/profile_sites.h"

namespace heaptap::gui {
namespace {

quint64 nextSeries() {
  static std::atomic<quint64> last = 0;
  return ++last;
}

/// A pair may be defined and not be used yet.
bool isUsed(const client::SiteTable& table, std::uint32_t site) {
  return table.counters(site).allocations > 0;
}

}  // namespace

SiteSeries::SiteSeries() { restart(); }

void SiteSeries::restart() {
  m_id = nextSeries();
  m_texts = std::make_shared<NameTexts>();
  m_last.reset();
  m_keys.clear();
  m_rows.clear();
  m_position.clear();
}

bool SiteSeries::assignRows(const client::SiteTable& table) {
  std::vector<client::SiteKey> keys;
  std::vector<std::uint32_t> rows;
  keys.reserve(table.size());
  rows.reserve(table.size());
  std::size_t known = 0;
  for (std::uint32_t site = 0; site < table.size(); ++site) {
    const client::SiteKey key = table.key(site);
    const bool isKnown = known < m_keys.size() && m_keys[known] == key;
    if (!isKnown && !isUsed(table, site)) continue;
    if (!isKnown) m_position.push_back(0);
    const std::uint32_t row = isKnown ? m_rows[known++] : static_cast<std::uint32_t>(m_position.size() - 1);
    m_position[row] = site;
    keys.push_back(key);
    rows.push_back(row);
  }
  const bool areAllThere = known == m_keys.size();
  m_keys = std::move(keys);
  m_rows = std::move(rows);
  return areAllThere;
}

bool SiteSeries::hasNewNames(const client::Profile& profile) const {
  const std::size_t frames = m_last->definitions.frames.size();
  const auto& namings = profile.definitions.namings;
  for (std::size_t i = m_last->definitions.namings.size(); i < namings.size(); ++i)
    if (model::index(namings[i].frame) < frames) return true;
  return false;
}

Sites SiteSeries::next(const client::Profile& profile) {
  auto table = std::make_shared<const client::SiteTable>(profile);
  if (!assignRows(*table)) {
    restart();
    assignRows(*table);
  }
  if (m_last && hasNewNames(profile)) ++m_namesVersion;
  m_last = profile;
  m_table = table;
  return std::make_shared<const ProfileSites>(std::move(table), m_position, m_id, m_namesVersion, m_texts);
}

}  // namespace heaptap::gui
