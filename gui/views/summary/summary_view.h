// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTextBrowser>

#include "gui/views/frame/view.h"

namespace heaptap::gui {

/// What a session comes to: a verdict, where its memory comes from, what to know of the numbers. Its links
/// lead to other views, to call sites, and to instants.
class SummaryView : public View {
  Q_OBJECT

 public:
  explicit SummaryView(QWidget* parent = nullptr);

  [[nodiscard]] QTextBrowser& page() { return *m_page; }
  [[nodiscard]] QString name() const override { return tr("Summary"); }
  [[nodiscard]] QWidget& keyWidget() override { return *m_page; }
  void becomeCurrent() override;
  void resign() override { m_isCurrent = false; }

 protected:
  void bound() override;
  void showEvent(QShowEvent* event) override;

 private:
  void refresh();
  void follow(const QUrl& link);

  QTextBrowser* m_page;
  QString m_html;
  bool m_isCurrent = false;
};

}  // namespace heaptap::gui
