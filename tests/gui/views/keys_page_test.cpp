// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QAction>
#include <QFile>
#include <QMap>
#include <QMenuBar>
#include <QRegularExpression>

#include "tests/gui/all_views.h"

namespace heaptap::gui {
namespace {

/// The table of keys in docs/viewer.md: what each row says of its keys, as they are written.
QMap<QString, QString> rowsOfKeys() {
  QFile page(QStringLiteral(HEAPTAP_VIEWER_PAGE));
  if (!page.open(QIODevice::ReadOnly)) return {};
  const QString keys = QString::fromUtf8(page.readAll()).section(QStringLiteral("\n## Keys\n"), 1);
  QMap<QString, QString> rows;
  QRegularExpressionMatchIterator found =
      QRegularExpression(QStringLiteral("^\\| (.+?) \\| (.+?) \\|$"), QRegularExpression::MultilineOption)
          .globalMatch(keys.section(QStringLiteral("\n## "), 0, 0));
  while (found.hasNext()) {
    const QRegularExpressionMatch row = found.next();
    rows[row.captured(1)] = row.captured(2);
  }
  return rows;
}

TEST(PageOfKeys, NamesTheViewsInTheOrderOfTheirKeys) {
  QStringList names;
  for (std::size_t at = 0; at < viewTable().size() && !viewKeys(at).isEmpty(); ++at)
    names << QString::fromUtf8(viewTable()[at].title).remove('&').toLower();
  EXPECT_EQ(rowsOfKeys().value(QStringLiteral("Ctrl+1 … Ctrl+9")), names.join(QStringLiteral(", ")));
}

TEST(PageOfKeys, HasTheKeysOfAllMenus) {
  QStringList told;
  for (const QString& keys : rowsOfKeys().keys())
    told << keys.split(QRegularExpression(QStringLiteral("[ ,]+")), Qt::SkipEmptyParts);
  const MainWindow window;
  int keys = 0;
  for (const QAction* menu : window.menuBar()->actions())
    for (const QAction* action : menu->menu()->actions()) {
      QString key = action->shortcut().toString(QKeySequence::PortableText);
      key.replace(QLatin1String("Left"), QStringLiteral("←"))
          .replace(QLatin1String("Right"), QStringLiteral("→"));
      // Without a desktop it is another one.
      if (action->shortcut() == QKeySequence(QKeySequence::Close)) key = QStringLiteral("Ctrl+W");
      if (key.isEmpty() || QRegularExpression(QStringLiteral("^Ctrl\\+[1-9]$")).match(key).hasMatch())
        continue;
      ++keys;
      EXPECT_TRUE(told.contains(key)) << key.toStdString() << ": " << action->text().toStdString();
    }
  EXPECT_GT(keys, 10);
}

}  // namespace
}  // namespace heaptap::gui
