// SPDX-License-Identifier: Apache-2.0
#include "gui/views/help/manual.h"

#include <QCoreApplication>
#include <QDesktopServices>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileInfo>
#include <QPushButton>
#include <QVBoxLayout>

namespace heaptap::gui {
namespace {

constexpr const char* kFirstPage = "viewer.md";
constexpr QSize kManualSize(900, 700);

}  // namespace

QString manualFolder() {
  return QDir::cleanPath(QCoreApplication::applicationDirPath() + QStringLiteral("/../share/doc/heaptap"));
}

bool Manual::isIn(const QString& folder) { return QFileInfo(QDir(folder).filePath(kFirstPage)).isFile(); }

Manual::Manual(const QString& folder, QWidget* parent) : QDialog(parent), m_page(new QTextBrowser(this)) {
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Manual"));
  resize(kManualSize);
  m_page->setAccessibleName(tr("Page of the manual"));
  m_page->setOpenLinks(false);
  connect(m_page, &QTextBrowser::anchorClicked, this, &Manual::follow);
  auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  QPushButton* const back = buttons->addButton(tr("&Back"), QDialogButtonBox::ActionRole);
  back->setEnabled(false);
  connect(m_page, &QTextBrowser::backwardAvailable, back, &QWidget::setEnabled);
  connect(back, &QPushButton::clicked, m_page, &QTextBrowser::backward);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* const column = new QVBoxLayout(this);
  column->addWidget(m_page, 1);
  column->addWidget(buttons);
  m_page->setSource(QUrl::fromLocalFile(QDir(folder).filePath(kFirstPage)), QTextDocument::MarkdownResource);
}

void Manual::follow(const QUrl& link) {
  const QUrl target = m_page->source().resolved(link);
  if (!target.isLocalFile()) {
    QDesktopServices::openUrl(target);
    return;
  }
  m_page->setSource(target, target.path().endsWith(QLatin1String(".md")) ? QTextDocument::MarkdownResource
                                                                         : QTextDocument::UnknownResource);
}

}  // namespace heaptap::gui
