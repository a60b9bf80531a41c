// SPDX-License-Identifier: Apache-2.0
#include <QApplication>
#include <QTest>
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "gui/app/viewer.h"

namespace {

namespace gui = heaptap::gui;

constexpr int kLimitMs = 60'000;
constexpr QSize kSize{1280, 800};
constexpr QSize kSmallSize{900, 560};
constexpr int kRowsInSight = 12;

QPalette darkPalette() {
  QPalette palette;
  const QColor text(0xE4, 0xE6, 0xE9);
  palette.setColor(QPalette::Window, QColor(0x2A, 0x2D, 0x31));
  palette.setColor(QPalette::Base, QColor(0x1E, 0x20, 0x23));
  palette.setColor(QPalette::AlternateBase, QColor(0x25, 0x28, 0x2B));
  palette.setColor(QPalette::Button, QColor(0x34, 0x38, 0x3D));
  palette.setColor(QPalette::ToolTipBase, QColor(0x34, 0x38, 0x3D));
  palette.setColor(QPalette::Highlight, QColor(0x2F, 0x65, 0xA0));
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText,
                          QPalette::HighlightedText})
    palette.setColor(role, text);
  palette.setColor(QPalette::PlaceholderText, QColor(0x93, 0x98, 0x9E));
  return palette;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: viewer_picture FILE PNG [--dark] [--small] [--leaks|--findings|--marks|--heaps]\n",
               stderr);
    return 2;
  }
  qputenv("QT_QPA_PLATFORM", "offscreen");
  qputenv("XDG_CONFIG_HOME", "/nonexistent");
  QApplication application(argc, argv);
  QApplication::setStyle(QStringLiteral("Fusion"));
  const QStringList options = QCoreApplication::arguments().mid(3);
  if (options.contains(QStringLiteral("--dark"))) QApplication::setPalette(darkPalette());
  gui::MainWindow window;
  window.resize(options.contains(QStringLiteral("--small")) ? kSmallSize : kSize);
  gui::Viewer viewer(window);
  viewer.openFiles({QString::fromLocal8Bit(argv[1])});
  window.show();
  gui::SessionPage& page = window.session();
  if (!QTest::qWaitFor([&] { return page.callSites().model()->rowCount() > 0; }, kLimitMs)) {
    std::fprintf(stderr, "viewer_picture: %s\n", window.message().text().toLocal8Bit().constData());
    return EXIT_FAILURE;
  }
  const auto tab = options.contains(QStringLiteral("--leaks"))      ? gui::SessionPage::LeaksTab
                   : options.contains(QStringLiteral("--findings")) ? gui::SessionPage::FindingsTab
                   : options.contains(QStringLiteral("--marks"))    ? gui::SessionPage::MarksTab
                   : options.contains(QStringLiteral("--heaps"))    ? gui::SessionPage::HeapsTab
                                                                    : gui::SessionPage::CallSitesTab;
  page.showTab(tab);
  // A site with blocks of many sizes says more in a picture than one with equal blocks.
  if (tab == gui::SessionPage::CallSitesTab) {
    const gui::SiteFilterModel& shown = page.callSites().filter();
    const auto sizes = [&](int row) {
      return shown.source().sites()->site(static_cast<std::size_t>(shown.sourceRow(row))).sizes.size();
    };
    int best = 0;
    for (int row = 0; row < std::min(shown.rowCount(), kRowsInSight); ++row)
      if (sizes(row) > sizes(best)) best = row;
    page.callSites().selectRow(best);
  }
  QApplication::processEvents();
  return window.grab().save(QString::fromLocal8Bit(argv[2])) ? EXIT_SUCCESS : EXIT_FAILURE;
}
