// SPDX-License-Identifier: Apache-2.0
#include "gui/models/source/source_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <set>

#include "gui/models/source/editor_command.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

/// parse.cpp with three lines; 300 bytes are live by its second one.
SourceFilePtr threeLines() {
  auto file = std::make_shared<SourceFile>();
  file->state = SourceFile::State::Read;
  file->file = "/src/parse.cpp";
  file->lines = QStringList{"void parse() {", "    new char[100];", "}"};
  file->sites = test::siteSet(
      {{.stack = 1, .functions = "parse;main", .liveBytes = 200, .liveBlocks = 2, .allocations = 5},
       {.stack = 2, .functions = "grow;parse;main", .liveBytes = 100, .liveBlocks = 1, .allocations = 7}});
  file->costs = {{.line = 2, .rows = {0, 1}}, {.line = 3, .rows = {1}}};
  return file;
}

TEST(SourceLines, HaveWhatTheirCallSitesCost) {
  SourceModel model;
  const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  EXPECT_EQ(model.rowCount(), 0);
  model.setFile(threeLines());
  const auto cell = [&](int row, int column) { return model.index(row, column).data().toString(); };
  EXPECT_EQ(cell(0, SourceModel::Live), "");
  EXPECT_EQ(cell(1, SourceModel::Live), "300 B");
  EXPECT_EQ(cell(1, SourceModel::Allocations), "12");
  EXPECT_EQ(cell(1, SourceModel::Line), "2");
  EXPECT_EQ(cell(1, SourceModel::Text), "    new char[100];");
  EXPECT_EQ(cell(2, SourceModel::Live), "100 B");
  EXPECT_DOUBLE_EQ(model.index(2, SourceModel::Bar).data(SourceModel::ShareRole).toDouble(), 1.0 / 3);
  model.setBy(SourceModel::By::Allocations);
  EXPECT_DOUBLE_EQ(model.index(2, SourceModel::Bar).data(SourceModel::ShareRole).toDouble(), 7.0 / 12);
  EXPECT_EQ(model.sitesOf(0), nullptr);
  ASSERT_NE(model.sitesOf(1), nullptr);
  EXPECT_EQ(model.sitesOf(1)->rows.size(), 2U);
  model.setTarget(3);
  EXPECT_TRUE(model.index(2, 0).data(SourceModel::TargetRole).toBool());
  EXPECT_FALSE(model.index(1, 0).data(SourceModel::TargetRole).toBool());
  model.setFile(nullptr);
  EXPECT_EQ(model.rowCount(), 0);
}

TEST(SourceSpots, AreTheInnermostLineOfTheProgramsOwn) {
  const auto lineOf = [](const QString& function, const QString& file, quint32 number) {
    StackLine line;
    line.function = function;
    line.file = file;
    line.line = number;
    return line;
  };
  StackLine libc = lineOf("strdup", "/glibc/strdup.c", 40);
  libc.foreign = true;
  const StackLine nameless = lineOf("f", {}, 0);
  const StackLine own = lineOf("parse", "/src/parse.cpp", 12);
  EXPECT_EQ(spotOf({libc, nameless, own}), (SourceSpot{"/src/parse.cpp", 12}));
  EXPECT_EQ(spotOf({libc, nameless}), (SourceSpot{"/glibc/strdup.c", 40})) << "better than nothing";
  EXPECT_EQ(spotOf({nameless}), std::nullopt);
  EXPECT_EQ(spotOf({}), std::nullopt);
}

TEST(SourceMappings, FindTheLongestEndThatIsInAFolder) {
  const std::set<QString> files{"/home/me/app/src/parse.cpp", "/home/me/parse.cpp"};
  const auto exists = [&](const QString& path) { return files.contains(path); };
  EXPECT_EQ(mappingInto("/build/x/app/src/parse.cpp", "/home/me/app", exists),
            (SourceMapping{"/build/x/app/", "/home/me/app/"}));
  EXPECT_EQ(mappingInto("/build/x/app/src/parse.cpp", "/home/me", exists),
            (SourceMapping{"/build/x/", "/home/me/"}));
  EXPECT_EQ(mappingInto("/other/parse.cpp", "/home/me", exists), (SourceMapping{"/other/", "/home/me/"}));
  EXPECT_EQ(mappingInto("parse.cpp", "/home/me", exists), (SourceMapping{"", "/home/me/"}));
  EXPECT_EQ(mappingInto("/build/render.cpp", "/home/me", exists), std::nullopt);
  EXPECT_EQ(placesOf("/build/x/a.cpp", {{"/build/", "/home/"}, {"/other/", "/y/"}}).join('|'),
            "/home/x/a.cpp|/build/x/a.cpp");
}

TEST(Editors, GetThePlaceWithoutAShell) {
  const SourcePlace place{.file = "/src/a b;$(rm) {line}.cpp", .line = 12, .column = 3};
  EXPECT_EQ(editorWords("code --goto {file}:{line}:{column}", place).join('|'),
            "code|--goto|/src/a b;$(rm) {line}.cpp:12:3")
      << "what a file is called is not filled in";
  EXPECT_EQ(editorWords("\"/opt/my editor\" +{line} {file}", place).join('|'),
            "/opt/my editor|+12|/src/a b;$(rm) {line}.cpp");
  EXPECT_TRUE(editorWords("", place).isEmpty());
  EXPECT_TRUE(editorWords("code", place).isEmpty()) << "without the file";
  EXPECT_TRUE(editorWords("{file} -x", place).isEmpty()) << "the source is no program";
  for (const Editor& editor : knownEditors())
    EXPECT_GE(editorWords(QLatin1String(editor.command), place).size(), 2) << editor.name;
}

}  // namespace
}  // namespace heaptap::gui
