// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <QTextBrowser>

namespace heaptap::gui {

/// The folder of the pages that are installed with this program.
[[nodiscard]] QString manualFolder();

/// The pages of the documentation, beginning with the viewer's: links lead from page to page, those to
/// elsewhere to the browser.
class Manual : public QDialog {
  Q_OBJECT

 public:
  /// Precondition: isIn(folder).
  explicit Manual(const QString& folder, QWidget* parent = nullptr);

  /// Whether a folder has the page to begin with.
  [[nodiscard]] static bool isIn(const QString& folder);
  [[nodiscard]] QTextBrowser& page() { return *m_page; }

 private:
  void follow(const QUrl& link);

  QTextBrowser* m_page;
};

}  // namespace heaptap::gui
