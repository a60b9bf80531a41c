// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QApplication>
#include <QTemporaryDir>

/// No display, and no settings of the user who runs the tests.
int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  const QTemporaryDir settings;  // Only this user can enter it, as Qt demands of the run-time folder.
  qputenv("XDG_CONFIG_HOME", settings.path().toLocal8Bit());
  qputenv("XDG_RUNTIME_DIR", settings.path().toLocal8Bit());
  testing::InitGoogleTest(&argc, argv);
  const QApplication application(argc, argv);
  QCoreApplication::setOrganizationName(QStringLiteral("heaptap"));
  QCoreApplication::setApplicationName(QStringLiteral("heaptap-gui-test"));
  return RUN_ALL_TESTS();
}
