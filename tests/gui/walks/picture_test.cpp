// SPDX-License-Identifier: Apache-2.0
// Pictures of what is shown, and the pages that are shown.
#include "gui/views/painting/picture.h"

#include <gtest/gtest.h>

#include <QAction>
#include <QApplication>
#include <QFile>
#include <QFileDialog>
#include <QImage>
#include <QTest>
#include <QTimer>

#include "gui/app/theme.h"
#include "gui/app/viewer.h"
#include "gui/views/help/manual.h"
#include "tests/gui/all_views.h"
#include "tests/gui/walks/recorded_file.h"

namespace heaptap::gui {
namespace {

class Pictures : public testing::Test {
 protected:
  Pictures() {
    window.setAttribute(Qt::WA_DontShowOnScreen);
    window.resize(1'100, 760);
    window.show();
    viewer.openFiles({test::recordedFile(folder)});
    EXPECT_TRUE(QTest::qWaitFor([&] { return window.store().isFinished() && window.session().isSettled(); },
                                test::kWalkLimitMs));
    window.session().showView("flame-graph");
    EXPECT_TRUE(QTest::qWaitFor([&] { return window.session().isSettled(); }, test::kWalkLimitMs));
  }
  /// Chooses the entry of the menu, and the file in the dialog that opens.
  void save(const QString& entry, const QString& file) {
    QTimer::singleShot(0, &window, [file] {
      for (QWidget* widget : QApplication::topLevelWidgets())
        if (auto* const dialog = qobject_cast<QFileDialog*>(widget)) {
          dialog->selectFile(file);
          static_cast<QDialog*>(dialog)->done(QDialog::Accepted);
        }
    });
    for (QAction* action : window.findChildren<QAction*>())
      if (action->text().remove('&') == entry) return action->trigger();
    FAIL() << entry.toStdString();
  }
  QString path(const char* name) { return QString::fromStdString((folder / name).string()); }

  heaptap::test::TemporaryFolder folder;
  MainWindow window;
  Viewer viewer{window};
};

TEST_F(Pictures, OfAViewAreSavedFromTheMenuAtItsSize) {
  View& view = *window.session().area().current();
  const QImage picture = QImage::fromData(pictureOf(view, "a.png"));
  EXPECT_EQ(picture.size(), view.size());
  EXPECT_EQ(picture, view.grab().toImage().convertToFormat(picture.format()));
  save("Of This View…", path("view.png"));
  EXPECT_EQ(QImage(path("view.png")).size(), view.size());
  save("Of the Window…", path("window.png"));
  EXPECT_EQ(QImage(path("window.png")).size(), window.size());
}

TEST_F(Pictures, InLinesHaveTheNamesAsLetters) {
  View& view = *window.session().area().current();
  save("Of This View…", path("view.svg"));
  QFile written(path("view.svg"));
  ASSERT_TRUE(written.open(QIODevice::ReadOnly));
  const QString svg = QString::fromUtf8(written.readAll());
  EXPECT_TRUE(svg.contains("<text")) << svg.left(500).toStdString();
  EXPECT_TRUE(svg.contains("render"));
  EXPECT_TRUE(svg.contains(QString("viewBox=\"0 0 %1 %2\"").arg(view.width()).arg(view.height())));
}

TEST_F(Pictures, ThatCannotBeWrittenAreTold) {
  save("Of the Window…", "/nonexistent/window.png");
  EXPECT_TRUE(window.problem().isVisible());
  EXPECT_TRUE(window.problem().text().contains("/nonexistent/window.png"))
      << window.problem().text().toStdString();
}

TEST_F(Pictures, HaveTheThemeThatIsShown) {
  const QPalette before = QApplication::palette();
  apply(Theme::Dark);
  QApplication::processEvents();
  const QImage dark = QImage::fromData(pictureOf(window, "a.png"));
  EXPECT_LT(dark.pixelColor(2, dark.height() - 3).lightness(), 128);
  apply(Theme::Light);
  QApplication::processEvents();
  const QImage light = QImage::fromData(pictureOf(window, "a.png"));
  EXPECT_GT(light.pixelColor(2, light.height() - 3).lightness(), 128);
  QApplication::setPalette(before);
}

TEST_F(Pictures, OfTheManualAreItsPages) {
  ASSERT_FALSE(Manual::isIn(QString::fromStdString(folder.path().string())));
  folder.write("viewer.md", "# The viewer\n\nSee [reports](reports.md).\n");
  folder.write("reports.md", "# Reports\n");
  const QString pages = QString::fromStdString(folder.path().string());
  ASSERT_TRUE(Manual::isIn(pages));
  auto* const manual = new Manual(pages, &window);
  EXPECT_TRUE(manual->page().toPlainText().startsWith("The viewer"));
  emit manual->page().anchorClicked(QUrl("reports.md"));
  EXPECT_TRUE(manual->page().toPlainText().startsWith("Reports"));
  manual->close();
}

TEST_F(Pictures, OfAManualThatIsNotInstalledAreALine) {
  ASSERT_FALSE(Manual::isIn(manualFolder())) << "the test's program is not installed";
  for (QAction* action : window.findChildren<QAction*>())
    if (action->text() == "&Manual") action->trigger();
  EXPECT_TRUE(window.problem().isVisible());
  EXPECT_TRUE(window.problem().text().contains("viewer.md")) << window.problem().text().toStdString();
  EXPECT_EQ(window.problem().text().count('\n'), 0);
}

}  // namespace
}  // namespace heaptap::gui
