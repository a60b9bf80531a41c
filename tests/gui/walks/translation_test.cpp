// SPDX-License-Identifier: Apache-2.0
// All that the window says can be translated, models and dialogs too. What stays English comes from outside
// of the viewer: names and paths of the program that was recorded, units, what is typed (terms of the filter,
// times, SQL), and the words that the viewer shares with reports, which client/, analysis/ and proto/words/
// write without Qt: errors, notes about the numbers, how the program ended, findings, confidence.
#include <gtest/gtest.h>

#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QFile>
#include <QMenuBar>
#include <QProcess>
#include <QSettings>
#include <QTest>
#include <QTimer>
#include <QXmlStreamReader>

#include "gui/app/viewer.h"
#include "gui/client/sessions/session_export.h"
#include "rpc/default_address.h"
#include "tests/gui/all_views.h"
#include "tests/gui/walks/foreign_language.h"
#include "tests/gui/walks/recorded_file.h"
#include "tests/gui/walks/shown_texts.h"

namespace heaptap::gui {
namespace {

/// What is left of a text without that which no translator is asked for; `known`: more of it.
std::string untranslated(QString text, const QStringList& known) {
  static const QStringList kReports{"exited 0", "Double free", "double free", "high", "medium", "low"};
  static const QStringList kProgram{"std::vector<int>::push_back(int&&)",
                                    "std::vector<int>::push_back",
                                    "std::vector<…>::push_back",
                                    "/usr/bin/program",
                                    "/src/program.cpp",
                                    "src/program.cpp",
                                    "program.cpp",
                                    "program",
                                    "parse",
                                    "render",
                                    "malloc",
                                    "free",
                                    "main",
                                    "worker",
                                    "warm",
                                    "arena",
                                    "--fast",
                                    "host",
                                    "nothing has this name"};
  static const QStringList kNames{"heaptap", "VS Code", "CLion", "Qt Creator", "Emacs"};
  for (const QString& words : known + kReports + kProgram + kNames) text.remove(words);
  static const QRegularExpression kept(
      "\\b(B|KiB|MiB|GiB|ns|us|ms|s|min|h)\\b"  // Units.
      "|\\bat [0-9.]+ s\\b|0x[0-9a-f]+"         // The time of a compared side, addresses.
      "|\\b(Ctrl|Shift|Alt|Del|Enter|Esc|Backspace|Space|Left|Right|F[0-9]+)\\b");  // Keys.
  text.remove(kept);
  static const QRegularExpression latin("[A-Za-z][A-Za-z]+");
  QStringList words;
  for (auto match = latin.globalMatch(text); match.hasNext();) words << match.next().captured();
  return words.join(' ').toStdString();
}

class InAForeignLanguage : public testing::Test {
 protected:
  InAForeignLanguage() : file(test::recordedFile(folder)) {
    window.setAttribute(Qt::WA_DontShowOnScreen);
    window.resize(1'600, 1'000);
    window.show();
  }

  void open() {
    viewer.openFiles({file});
    ASSERT_TRUE(QTest::qWaitFor([&] { return window.store().isFinished() && window.session().isSettled(); },
                                test::kWalkLimitMs));
  }
  void readViews(const QString& when) {
    for (const ViewEntry& entry : viewTable()) {
      if (!window.session().showView(entry.id)) continue;
      ASSERT_TRUE(QTest::qWaitFor([&] { return window.session().isSettled(); }, test::kWalkLimitMs))
          << entry.id;
      QApplication::processEvents();
      shown.readWindow(when + ", " + entry.id, window);
    }
  }
  void readMenus() {
    for (QAction* action : window.menuBar()->actions())
      if (action->menu() != nullptr) shown.readMenu(action->text(), *action->menu());
  }
  /// What opens a dialog; the dialog is read, and closed.
  void readDialog(const QString& where, const std::function<void()>& open) {
    bool wasRead = false;
    const auto read = [&] {
      for (QWidget* widget : QApplication::topLevelWidgets()) {
        auto* const dialog = qobject_cast<QDialog*>(widget);
        if (dialog == nullptr || !dialog->isVisible()) continue;
        shown.readWindow(where, *dialog);
        wasRead = true;
        dialog->reject();
      }
    };
    QTimer::singleShot(0, &window, read);  // In the loop of a dialog that waits.
    open();
    if (!wasRead) read();
    QApplication::processEvents();
    EXPECT_TRUE(wasRead) << where.toStdString();
  }
  QAction& action(const char* context, const char* text) {
    const QString foreign = QCoreApplication::translate(context, text);
    for (QAction* each : window.findChildren<QAction*>())
      if (each->text() == foreign) return *each;
    throw std::runtime_error(text);
  }
  void readDialogOf(const char* text) {
    readDialog(QLatin1String(text), [&] { action("heaptap::gui::MainWindow", text).trigger(); });
  }
  void walk();
  void expectTranslated() {
    // What the command line says of formats, too; what stands on the page that the examples are of.
    QStringList known{file, QString::fromStdString(folder.path().string()), QDir::currentPath()};
    for (const ExportChoice& choice : exportChoices()) known << choice.about << choice.name;
    known << window.session().view<CompareView>().headline();  // As `heaptap diff` says it.
    SqlView& sql = window.session().view<SqlView>();
    for (const QAction* example : sql.examples().actions()) known << example->text();
    known << sql.editor().toPlainText().split('\n');
    for (int i = 0; i < sql.table().model()->columnCount(); ++i)
      known << sql.table().model()->headerData(i, Qt::Horizontal).toString();
    known << "size>=100" << QString::fromStdString(rpc::defaultAddress());
    std::sort(known.begin(), known.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
    known.removeAll(QString());
    for (auto text = shown.texts().begin(); text != shown.texts().end(); ++text)
      EXPECT_EQ(untranslated(text.key(), known), "")
          << text.value().toStdString() << ": " << text.key().toStdString();
  }

  struct NoSettings {
    NoSettings() { QSettings().clear(); }
  } nothingFromBefore;  ///< Such as files that other tests have opened.
  test::ForeignLanguage language;
  heaptap::test::TemporaryFolder folder;
  QString file;
  MainWindow window;
  Viewer viewer{window};
  test::ShownTexts shown;
};

void InAForeignLanguage::walk() {
  shown.readWindow("start", window);
  open();
  readViews("at the end");
  readMenus();
  SessionPage& page = window.session();
  page.selection().setTime(TimeChoice::instant(2'500'000'000));
  readViews("at an instant");
  page.selection().setTime(TimeChoice::stretch(1'500'000'000, 4'500'000'000));
  readViews("grown");
  page.filterBox().setText("nothing has this name");
  readViews("nothing passes");
  page.filterBox().setText("size>=100");
  readViews("filtered");
  readDialogOf("&Keys…");
  readDialogOf("&About heaptap");
  readDialogOf("Co&mmands…");
  readDialogOf("&Profile a Program…");
  readDialogOf("&Attach to a Collector…");
}

TEST_F(InAForeignLanguage, EachViewMenuAndDialogIsTranslated) {
  walk();
  expectTranslated();
}

/// Contexts and texts, as `lupdate` finds them in the sources.
std::set<test::ForeignLanguage::Asked> extracted(const QString& file) {
  QProcess lupdate;
  lupdate.start(QStringLiteral(HEAPTAP_LUPDATE),
                {"-silent", "-I", HEAPTAP_SOURCES, HEAPTAP_SOURCES "/gui", "-ts", file});
  EXPECT_TRUE(lupdate.waitForFinished(120'000) && lupdate.exitCode() == 0)
      << lupdate.readAllStandardError().toStdString();
  QFile written(file);
  EXPECT_TRUE(written.open(QIODevice::ReadOnly));
  std::set<test::ForeignLanguage::Asked> found;
  QString context;
  for (QXmlStreamReader xml(&written); !xml.atEnd();) {
    if (xml.readNext() != QXmlStreamReader::StartElement) continue;
    if (xml.name() == QLatin1String("name")) context = xml.readElementText();
    if (xml.name() == QLatin1String("source")) found.emplace(context, xml.readElementText());
  }
  return found;
}

TEST_F(InAForeignLanguage, EachTextIsFoundByThoseWhoTranslate) {
  walk();
  const auto found = extracted(QString::fromStdString((folder / "viewer.ts").string()));
  EXPECT_GT(found.size(), 500U);
  static const QRegularExpression ofQt("^Q[A-Z]");
  for (const auto& [context, text] : language.asked()) {
    if (context.contains(ofQt)) continue;
    EXPECT_TRUE(found.contains({context, text})) << context.toStdString() << ": " << text.toStdString();
  }
}

}  // namespace
}  // namespace heaptap::gui
