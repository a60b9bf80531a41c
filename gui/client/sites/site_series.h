// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "client/profile.h"
#include "client/site_table.h"
#include "gui/models/sites/site.h"

namespace heaptap::gui {

class NameTexts;

/// The call sites of one session, moment by moment. Sites have their places in a table of the client library
/// by stack and heap, and so another one in each table; here each keeps the row that it was given when it
/// was first seen:
///
///     table of this moment   (1,0) (3,0) (7,0) (7,2) (9,0)
///     row                       0     4     1     2     3      (3,0) is new: its stack was a caller only so
///     far
///
/// Threads: one at a time, any.
class SiteSeries {
 public:
  SiteSeries();

  /// The table that the newest set was made from; null: there is none yet.
  [[nodiscard]] const std::shared_ptr<const client::SiteTable>& newestTable() const { return m_table; }

  /// The sites of a later moment. Where one of those that were seen is not there any more, the profile has
  /// another history: a new series begins.
  [[nodiscard]] Sites next(const client::Profile& profile);

 private:
  /// Gives each site of the table a row; false: one that has a row is not in the table.
  bool assignRows(const client::SiteTable& table);
  [[nodiscard]] bool hasNewNames(const client::Profile& profile) const;
  void restart();

  quint64 m_id = 0;
  quint64 m_namesVersion = 0;
  std::shared_ptr<NameTexts> m_texts;
  std::optional<client::Profile> m_last;
  std::shared_ptr<const client::SiteTable> m_table;
  std::vector<client::SiteKey> m_keys;    ///< Of the sites that have rows, ascending.
  std::vector<std::uint32_t> m_rows;      ///< Their rows.
  std::vector<std::uint32_t> m_position;  ///< By row: the place in the newest table.
};

}  // namespace heaptap::gui
