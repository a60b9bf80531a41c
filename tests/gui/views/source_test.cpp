// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QApplication>
#include <QSignalSpy>
#include <QTemporaryDir>

#include "gui/views/source/source_settings.h"
#include "gui/views/source/source_view.h"
#include "tests/gui/all_views.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

/// A page with two sites of /src/parse.cpp:12 and /src/render.cpp:12.
class SourceOf : public testing::Test {
 protected:
  SourceOf() {
    QSettings().clear();
    Summary summary;
    summary.session.id = "1";
    summary.session.state = SessionState::Complete;
    page.store().setSummary(summary);
    page.store().setSites(sites);
    page.setAttribute(Qt::WA_DontShowOnScreen);
    page.resize(1000, 700);
    page.show();
    page.selection().setSites({.set = sites, .rows = {0}, .total = 1, .title = {}});
    page.showView("source");
    QApplication::processEvents();
  }
  ~SourceOf() override { QSettings().clear(); }

  SourceView& view() { return page.view<SourceView>(); }
  /// The file that is wanted has 20 lines; the call site of row 0 goes through line 12, that of row 1
  /// through 15.
  void answer(SourceFile::State state = SourceFile::State::Read, const QString& reason = {}) {
    auto file = std::make_shared<SourceFile>();
    file->state = state;
    file->file = page.store().source().wish()->file;
    file->path = file->file;
    file->reason = reason;
    for (int line = 1; state == SourceFile::State::Read && line <= 20; ++line)
      file->lines << QStringLiteral("line %1").arg(line);
    file->sites = sites;
    if (state == SourceFile::State::Read)
      file->costs = {{.line = 12, .rows = {0}}, {.line = 15, .rows = {1}}};
    page.store().source().answer(*page.store().source().wish(), SourceFilePtr(file));
  }

  Sites sites = test::siteSet({{.stack = 1, .functions = "parse;main", .liveBytes = 200, .liveBlocks = 2},
                               {.stack = 2, .functions = "render;main", .liveBytes = 100, .liveBlocks = 1}});
  SessionPage page;
};

TEST_F(SourceOf, ASiteIsTheFileOfItsInnermostOwnLine) {
  ASSERT_TRUE(page.store().source().wish());
  EXPECT_EQ(page.store().source().wish()->file, "/src/parse.cpp");
  EXPECT_EQ(view().line(), 12U);
  answer();
  EXPECT_EQ(view().table().currentIndex().row(), 11) << "it is scrolled to";
  EXPECT_TRUE(view().about().startsWith("/src/parse.cpp:12")) << view().about().toStdString();
  EXPECT_TRUE(view().isSettled());
}

TEST_F(SourceOf, ALineChoosesItsSites) {
  answer();
  view().table().setCurrentIndex(view().table().model()->index(14, 0));
  EXPECT_EQ(page.selection().sites().rows, std::vector<std::size_t>{1});
  EXPECT_EQ(view().file(), "/src/parse.cpp") << "the file stays";
  EXPECT_EQ(page.site().title(), "render ← main");
  view().table().setCurrentIndex(view().table().model()->index(0, 0));
  EXPECT_EQ(page.selection().sites().rows, std::vector<std::size_t>{1})
      << "a line without costs chooses nothing";
}

TEST_F(SourceOf, ALineOfTheStackIsShown) {
  answer();
  page.site().stack().setCurrentIndex(page.site().stack().model()->index(1, 0));
  EXPECT_EQ(view().file(), "/src/main.cpp");
  EXPECT_EQ(page.site().excerpt().title(), "src/main.cpp:12");
}

TEST_F(SourceOf, WhatIsNotReadSaysWhyAndWhatCanBeDone) {
  answer(SourceFile::State::NotFound, "/src/parse.cpp is not on this host.");
  EXPECT_EQ(view().table().emptyText(), "/src/parse.cpp is not on this host.");
  EXPECT_TRUE(view().remedy().isVisibleTo(&page));
  EXPECT_FALSE(view().editor().isEnabled());
  QTemporaryDir folder;
  QFile file(folder.filePath("parse.cpp"));
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  view().lookIn(folder.path());
  EXPECT_EQ(page.store().source().wish()->access.mappings,
            (std::vector<SourceMapping>{{"/src/", folder.path() + '/'}}))
      << "kept in the settings, and asked for again";
}

TEST_F(SourceOf, ACollectorIsAskedForOncePerFolder) {
  page.store().setFromCollector(true);
  view().showLine("/src/parse.cpp", 12);
  EXPECT_TRUE(page.store().source().wish()->access.isAsked);
  answer(SourceFile::State::NotAllowed, "The collector's session names /src/parse.cpp.");
  EXPECT_EQ(view().remedy().text(), "Read Files of /src");
  view().remedy().click();
  EXPECT_EQ(page.store().source().wish()->access.folders.join('|'), "/src");
  answer();
  EXPECT_FALSE(view().remedy().isVisibleTo(&page));
  EXPECT_EQ(sourceAccess(true).folders.join('|'), "/src") << "remembered";
}

TEST_F(SourceOf, AnEditorThatIsNotThereIsSaid) {
  answer();
  setEditorCommand("no-such-editor-at-all {file}");
  const QSignalSpy said(&view(), &View::announced);
  view().openInEditor();
  ASSERT_EQ(said.size(), 1);
  EXPECT_TRUE(said[0][0].toString().contains("There is no program “no-such-editor-at-all”"));
  setEditorCommand("editor without the file");
  view().openInEditor();
  EXPECT_TRUE(said[1][0].toString().contains("{file}"));
}

TEST_F(SourceOf, TheExcerptHasTheLinesAround) {
  SourceExcerpt& excerpt = page.site().excerpt();
  ASSERT_TRUE(excerpt.spot());
  auto file = std::make_shared<SourceFile>();
  file->state = SourceFile::State::Read;
  file->file = "/src/parse.cpp";
  for (int line = 1; line <= 13; ++line) file->lines << QStringLiteral("line %1").arg(line);
  excerpt.show(file);
  EXPECT_EQ(excerpt.text(), " 9  line 9\n10  line 10\n11  line 11\n12  line 12\n13  line 13");
  file = std::make_shared<SourceFile>(*file);
  file->lines = QStringList{"only one"};
  excerpt.show(file);
  EXPECT_EQ(excerpt.text(), "The file ends before line 12.");
}

}  // namespace
}  // namespace heaptap::gui
