// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/views/call_sites/site_table.h"
#include "gui/views/frame/view.h"

namespace heaptap::gui {

/// Call sites as a table, at the time that is chosen.
class SitesView : public View {
  Q_OBJECT

 public:
  [[nodiscard]] SiteTable& table() { return *m_table; }
  [[nodiscard]] std::optional<int> count() const override;
  [[nodiscard]] QWidget& keyWidget() override { return *m_table; }
  [[nodiscard]] QList<DataTable*> tables() override { return {m_table}; }
  void becomeCurrent() override;
  void resign() override { m_isCurrent = false; }

 protected:
  SitesView(SiteFilterModel::Show show, const QString& tableName, QWidget* parent);
  void bound() override;
  /// What is said when there is nothing to list.
  [[nodiscard]] virtual QString nothingText() const = 0;

 private:
  void followStore();
  void applyFilter();
  void retitle();
  void publish();

  SiteFilterModel::Show m_show;
  QString m_tableName;
  SiteTable* m_table = nullptr;
  bool m_isCurrent = false;
};

/// The sites that have live blocks; of a stretch of time, those whose blocks are new in it, or gone.
class LiveHeapView : public SitesView {
  Q_OBJECT

 public:
  explicit LiveHeapView(QWidget* parent = nullptr)
      : SitesView(SiteFilterModel::Show::SitesWithLiveBlocks, QStringLiteral("leaks"), parent) {}
  [[nodiscard]] QString name() const override;

 protected:
  [[nodiscard]] QString nothingText() const override;
};

/// All sites.
class CallSitesView : public SitesView {
  Q_OBJECT

 public:
  explicit CallSitesView(QWidget* parent = nullptr)
      : SitesView(SiteFilterModel::Show::AllSites, QStringLiteral("call-sites"), parent) {}
  [[nodiscard]] QString name() const override { return tr("Call sites"); }

 protected:
  [[nodiscard]] QString nothingText() const override;
};

}  // namespace heaptap::gui
