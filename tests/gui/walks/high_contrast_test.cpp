// SPDX-License-Identifier: Apache-2.0
// A desktop in black and white, for eyes that need the contrast.
#include <gtest/gtest.h>

#include <QApplication>
#include <QTest>

#include "gui/app/theme.h"
#include "gui/app/viewer.h"
#include "gui/views/colours.h"
#include "gui/views/painting/hues.h"
#include "tests/gui/all_views.h"
#include "tests/gui/walks/recorded_file.h"

namespace heaptap::gui {
namespace {

constexpr double kReadable = 7;   // WCAG's AAA, for text.
constexpr double kVisible = 2.5;  // For lines.

QPalette stark(const QColor& text, const QColor& base, const QColor& highlight, const QColor& highlighted) {
  QPalette palette(text, base, base.lighter(), base.darker(), base, text, base);
  palette.setColor(QPalette::Base, base);
  palette.setColor(QPalette::Text, text);
  palette.setColor(QPalette::Highlight, highlight);
  palette.setColor(QPalette::HighlightedText, highlighted);
  return palette;
}

class HighContrast : public testing::TestWithParam<int> {
 protected:
  static QPalette palette() {
    switch (GetParam()) {
      case 0: return stark(Qt::white, Qt::black, Qt::yellow, Qt::black);
      case 1: return stark(Qt::black, Qt::white, Qt::blue, Qt::white);
      default: return stark(Qt::yellow, Qt::black, Qt::cyan, Qt::black);
    }
  }
};

TEST_P(HighContrast, IsKeptByTextsAndLinesThatTheViewerColours) {
  const Colours colours = Colours::of(palette());
  const QColor base = palette().color(QPalette::Base);
  for (const QColor& text : {colours.muted, colours.warning, colours.growth, colours.shrinkage})
    EXPECT_GE(contrastOf(text, base), kReadable) << text.name().toStdString();
  for (const QColor& line :
       {colours.curve, colours.grid, colours.mark, colours.rss, colours.pss, colours.bars})
    EXPECT_GE(contrastOf(line, base), kVisible) << line.name().toStdString();
  for (const auto role : {QPalette::Link, QPalette::PlaceholderText})
    EXPECT_GE(contrastOf(readable(palette()).color(role), base), 4.5) << role;
  const Hues hues(palette());
  for (std::size_t i = 0; i < Hues::kCount; ++i)
    EXPECT_GE(contrastOf(Hues::textOn(hues.at(i)), hues.at(i)), 4.5) << i;
}

TEST_P(HighContrast, LeavesEachViewInTheDesktopsColours) {
  const QPalette before = QApplication::palette();
  QApplication::setPalette(readable(palette()));
  const heaptap::test::TemporaryFolder folder;
  {
    MainWindow window;
    Viewer viewer{window};
    window.setAttribute(Qt::WA_DontShowOnScreen);
    window.resize(1'100, 760);
    window.show();
    viewer.openFiles({test::recordedFile(folder)});
    ASSERT_TRUE(QTest::qWaitFor([&] { return window.store().isFinished() && window.session().isSettled(); },
                                test::kWalkLimitMs));
    for (const ViewEntry& entry : viewTable()) {
      if (!window.session().showView(QLatin1String(entry.id))) continue;
      ASSERT_TRUE(QTest::qWaitFor([&] { return window.session().isSettled(); }, test::kWalkLimitMs));
      QApplication::processEvents();
      const QImage picture = window.session().area().current()->grab().toImage();
      if (const QString kept = qEnvironmentVariable("HEAPTAP_PICTURES"); !kept.isEmpty())
        picture.save(QString("%1/%2-%3.png").arg(kept, entry.id).arg(GetParam()));
      // The ground is the desktop's: the colour that most of the picture has.
      QHash<QRgb, int> counts;
      for (int y = 0; y < picture.height(); y += 3)
        for (int x = 0; x < picture.width(); x += 3) ++counts[picture.pixel(x, y)];
      const auto most = std::max_element(counts.cbegin(), counts.cend());
      EXPECT_EQ(QColor(most.key()), palette().color(QPalette::Base)) << entry.id;
    }
  }
  QApplication::setPalette(before);
}

INSTANTIATE_TEST_SUITE_P(Desktops, HighContrast, testing::Values(0, 1, 2));

TEST(HighContrast, IsNoMatterOfTheThemesOfTheViewer) {
  const QPalette before = QApplication::palette();
  for (const Theme theme : {Theme::Light, Theme::Dark}) {
    apply(theme);
    const QPalette shown = QApplication::palette();
    EXPECT_NE(Colours::of(shown).muted,
              blended(shown.color(QPalette::Text), shown.color(QPalette::Base), 0.85));
  }
  QApplication::setPalette(before);
}

}  // namespace
}  // namespace heaptap::gui
