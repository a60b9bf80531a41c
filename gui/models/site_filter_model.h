// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QSortFilterProxyModel>
#include <QString>
#include <vector>

#include "gui/models/site_model.h"

namespace heaptap::gui {

/// Which call sites a table shows, and in what order.
/// A text matches a site when a function, file or module of any line of its stack, or the name of its heap,
/// contains it, in any case.
/// Threads: GUI thread.
class SiteFilterModel : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  enum class Show { AllSites, SitesWithLiveBlocks };

  /// `source` is shared and must outlive this.
  explicit SiteFilterModel(SiteModel& source, Show show, QObject* parent = nullptr);

  void setText(const QString& text);
  [[nodiscard]] const QString& text() const { return m_text; }
  [[nodiscard]] const Site& siteAt(int row) const;

 protected:
  [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
  [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

 private:
  void matchLines();

  const SiteModel& m_source;
  Show m_show;
  QString m_text;
  std::vector<bool> m_lineMatches;  ///< For each line of the set, so that a row costs a few bit tests.
};

}  // namespace heaptap::gui
