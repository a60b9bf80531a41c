// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QFile>
#include <QSettings>
#include <QTemporaryDir>

#include "gui/models/palette/palette_match.h"
#include "gui/models/save_file.h"
#include "gui/models/start/program_order.h"
#include "gui/models/start/recent_places.h"

namespace heaptap::gui {
namespace {

TEST(RecentPlacesOf, AUserAreKeptNewestFirstAndOnce) {
  const QTemporaryDir folder;
  const auto file = [](const QString& path) {
    return RecentPlace{.kind = RecentPlace::Kind::File, .place = path};
  };
  QSettings settings(folder.filePath("settings.ini"), QSettings::IniFormat);
  RecentPlaces places(settings);
  places.add(file("/a b"), settings);
  places.add({.kind = RecentPlace::Kind::Collector, .place = "unix:/x"}, settings);
  places.add(file("/a b"), settings);
  places.add(file(""), settings);
  EXPECT_EQ(
      RecentPlaces(settings).places(),
      (std::vector<RecentPlace>{file("/a b"), {.kind = RecentPlace::Kind::Collector, .place = "unix:/x"}}));
  for (int i = 0; i < 40; ++i) places.add(file(QString::number(i)), settings);
  EXPECT_EQ(RecentPlaces(settings).places().size(), RecentPlaces::kMost);
  EXPECT_EQ(RecentPlaces(settings).places().front(), file("39"));
  places.clear(settings);
  EXPECT_TRUE(RecentPlaces(settings).places().empty());
  settings.setValue("recent/places", QStringList{"", "x", "zwhat", "f/file"});
  EXPECT_EQ(RecentPlaces(settings).places(), std::vector<RecentPlace>{file("/file")}) << "settings of others";
}

TEST(ProgramOrderOf, AUserIsWhatHeaptapRunTakes) {
  const ProgramOrder order{.command = {"./server", "-o", "a b"},
                           .file = "/tmp/s.heaptap",
                           .sample = "64KiB",
                           .withChildren = false,
                           .withMappings = true};
  EXPECT_EQ(runArguments(order, "/tmp/address").join(' '),
            "run --address-file /tmp/address -o /tmp/s.heaptap --sample 64KiB --no-children --mmap -- "
            "./server -o a b");
}

TEST(ProgramOrderOf, ASessionOrAnEmptyFileIsReplacedAndNothingElse) {
  const QTemporaryDir folder;
  const auto write = [&](const QString& name, const QByteArray& content) {
    QFile file(folder.filePath(name));
    EXPECT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(content);
  };
  write("session", "SQLite format 3" + QByteArray(53, '\0') + "htap and more");
  write("letter", "Dear reader");
  write("empty", "");
  ProgramOrder order{.command = {"ls"}, .folder = folder.path(), .file = "session"};
  EXPECT_TRUE(order.replaces());
  EXPECT_EQ(problemOf(order), "");
  EXPECT_TRUE(runArguments(order, "a").contains("--force"));
  order.file = "empty";
  EXPECT_TRUE(order.replaces()) << "nothing is lost";
  for (const char* other : {"letter", "."}) {
    order.file = other;
    EXPECT_FALSE(order.replaces()) << other;
    EXPECT_EQ(problemOf(order), QString("%1 is there, and is no session: name another file.").arg(other));
  }
  order.file = "new";
  EXPECT_FALSE(order.replaces());
  EXPECT_EQ(problemOf(order), "");
}

TEST(SaveFile, SaysWhyItCannotBeWritten) {
  const QTemporaryDir folder;
  EXPECT_EQ(saveFile(folder.filePath("a"), "content"), "");
  QFile file(folder.filePath("a"));
  ASSERT_TRUE(file.open(QIODevice::ReadOnly));
  EXPECT_EQ(file.readAll(), "content");
  EXPECT_NE(saveFile(folder.filePath("no/folder/a"), "content"), "");
  EXPECT_NE(saveFile(folder.path(), "content"), "");
}

TEST(ProgramOrderOf, WordsAreSplitAsAShellDoes) {
  using Words = QStringList;
  EXPECT_EQ(wordsOf("./a  -x 'b c' \"d \\\" e\" f\\ g ''"), Words({"./a", "-x", "b c", "d \" e", "f g", ""}));
  EXPECT_EQ(wordsOf("  "), Words());
  EXPECT_EQ(wordsOf("a'b'c"), Words("abc"));
  EXPECT_EQ(wordsOf("'not closed"), Words("not closed"));
  EXPECT_EQ(wordsOf("\"C:\\dir\" \\"), Words({"C:\\dir", "\\"}));
  EXPECT_EQ(wordsOf("$HOME *"), Words({"$HOME", "*"})) << "nothing is expanded";
}

TEST(ProgramOrderOf, WhatCannotRunIsSaid) {
  ProgramOrder order{.command = {"ls"}, .file = "/tmp/s.heaptap"};
  EXPECT_EQ(problemOf(order), "");
  order.environment = {"A=1", "=x"};
  EXPECT_EQ(problemOf(order), "A variable is written as NAME=VALUE, not as =x.");
  order.folder = "/nowhere/at/all";
  EXPECT_EQ(problemOf(order), "There is no folder /nowhere/at/all.");
  order.file = "";
  EXPECT_NE(problemOf(order), "");
  order.command = {""};
  EXPECT_EQ(problemOf(order), "Name a program to run.");
}

TEST(ProgramOrderOf, AFileIsProposed) {
  EXPECT_EQ(proposedFile({"/usr/bin/jq", "."}, "/data", "M"), "/data/jq-M.heaptap");
  EXPECT_TRUE(proposedFile({}, "", "M").endsWith("/program-M.heaptap"));
}

TEST(PaletteScore, FindsLettersInTheirOrder) {
  EXPECT_EQ(paletteScore("", "View › Leaks"), 0);
  EXPECT_EQ(paletteScore("xyz", "View › Leaks"), std::nullopt);
  EXPECT_EQ(paletteScore("skael", "Leaks"), std::nullopt) << "in another order";
  EXPECT_EQ(paletteScore("leaks", ""), std::nullopt);
  EXPECT_TRUE(paletteScore("view leaks", "View › Leaks"));
  EXPECT_TRUE(paletteScore("VL", "View › Leaks"));
}

TEST(PaletteScore, PrefersBeginningsOfWordsAndWhatIsShort) {
  EXPECT_GT(*paletteScore("fg", "View › Flame Graph"), *paletteScore("fg", "View › Offering"));
  EXPECT_GT(*paletteScore("leak", "View › Leaks"), *paletteScore("leak", "View › Blue peak"));
  EXPECT_GT(*paletteScore("open", "File › Open"), *paletteScore("open", "File › Open Recent"));
}

}  // namespace
}  // namespace heaptap::gui
