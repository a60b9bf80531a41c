// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/source_reader.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <utime.h>

#include <filesystem>

#include "gui/client/sites/site_series.h"
#include "tests/client/profile_builder.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::gui {
namespace {

using State = SourceFile::State;

class SourceFiles : public testing::Test {
 protected:
  static SourceFilePtr read(const SourceWish& wish) {
    auto answer = readSource(wish, {});
    EXPECT_TRUE(answer && *answer);
    return *answer;
  }
  SourceFilePtr readNamed(const std::string& name) { return read({.file = path(name)}); }
  QString path(const std::string& name) { return QString::fromStdString((folder / name).string()); }
  QString here() { return QString::fromStdString(folder.path().string()); }

  heaptap::test::TemporaryFolder folder;
};

TEST_F(SourceFiles, AreReadLineByLine) {
  folder.write("a.cpp", "int main() {\n\treturn 0;\n}");
  const auto file = readNamed("a.cpp");
  ASSERT_EQ(file->state, State::Read) << file->reason.toStdString();
  EXPECT_EQ(file->lines.join('|'), "int main() {|    return 0;|}");
  EXPECT_TRUE(file->notes.isEmpty()) << file->notes.join('|').toStdString();
}

TEST_F(SourceFiles, MayHaveStrangeContents) {
  folder.write("latin1.cpp", "// caf\xe9\n");
  EXPECT_TRUE(readNamed("latin1.cpp")->notes.join(' ').contains("not all UTF-8"));
  folder.write("long.cpp", "short\n" + std::string(3'000'000, 'x') + "\nend\n");
  const auto long_ = readNamed("long.cpp");
  ASSERT_EQ(long_->lines.size(), 3);
  EXPECT_EQ(long_->lines[1].size(), kMostLineLetters + 1);
  EXPECT_TRUE(long_->lines[1].endsWith(QChar(0x2026)));
  EXPECT_EQ(long_->lines[2], "end");
  folder.write("empty.cpp", "");
  EXPECT_EQ(readNamed("empty.cpp")->state, State::Read);
  EXPECT_TRUE(readNamed("empty.cpp")->notes.join(' ').contains("empty"));
  folder.write("nul.cpp", std::string("a\0b\r\n", 5));
  EXPECT_EQ(readNamed("nul.cpp")->lines.join('|'), "a b ");
}

TEST_F(SourceFiles, AreNeitherPipesNorDevicesNorHuge) {
  ASSERT_EQ(mkfifo((folder / "pipe.cpp").c_str(), 0600), 0);
  EXPECT_TRUE(readNamed("pipe.cpp")->reason.contains("not a regular file"))
      << "and the reader does not wait for it";
  EXPECT_TRUE(read({.file = "/dev/zero"})->reason.contains("not a regular file"));
  EXPECT_TRUE(read({.file = here()})->reason.contains("not a regular file"));
  std::filesystem::create_symlink("/dev/zero", folder / "zero.cpp");
  EXPECT_TRUE(readNamed("zero.cpp")->reason.contains("not a regular file"));
  folder.write("huge.cpp", "");
  std::filesystem::resize_file(folder / "huge.cpp", kMostSourceBytes + 1);
  EXPECT_TRUE(readNamed("huge.cpp")->reason.contains("larger than 32.0 MiB"));
  EXPECT_EQ(readNamed("missing.cpp")->state, State::NotFound);
  EXPECT_EQ(read({.file = "relative.cpp"})->state, State::NotFound);
}

TEST_F(SourceFiles, SayThatTheyHaveChangedSinceTheRecording) {
  const auto file = folder.write("a.cpp", "x\n");
  const utimbuf written{.actime = 2'000, .modtime = 2'000};
  ASSERT_EQ(utime(file.c_str(), &written), 0);
  EXPECT_TRUE(read({.file = path("a.cpp"), .recordedAtUnixNs = 1'000'000'000'000})
                  ->notes.join(' ')
                  .contains("changed since"));
  EXPECT_TRUE(read({.file = path("a.cpp"), .recordedAtUnixNs = 3'000'000'000'000})->notes.isEmpty());
}

TEST_F(SourceFiles, OfACollectorAreReadInAllowedFoldersOnly) {
  std::filesystem::create_directory(folder / "src");
  std::filesystem::create_directory(folder / "secret");
  folder.write("src/a.cpp", "x\n");
  folder.write("secret/key", "y\n");
  std::filesystem::create_symlink(folder / "secret" / "key", folder / "src" / "link.cpp");
  SourceAccess access{.isAsked = true};
  EXPECT_EQ(read({.file = path("src/a.cpp"), .access = access})->state, State::NotAllowed);
  EXPECT_EQ(read({.file = path("src/missing.cpp"), .access = access})->state, State::NotAllowed)
      << "nor is it told what is there";
  access.folders = {path("src")};
  EXPECT_EQ(read({.file = path("src/a.cpp"), .access = access})->state, State::Read);
  EXPECT_EQ(read({.file = path("src/../secret/key"), .access = access})->state, State::NotAllowed);
  EXPECT_EQ(read({.file = path("src/link.cpp"), .access = access})->state, State::NotAllowed)
      << "a link leads out of the folder";
  EXPECT_EQ(read({.file = path("srcs/a.cpp"), .access = access})->state, State::NotAllowed)
      << "a folder of a longer name is another one";
}

TEST_F(SourceFiles, AreFoundWhereTheUserHasSaid) {
  folder.write("a.cpp", "x\n");
  const auto file =
      read({.file = "/build/of/others/a.cpp", .access = {.mappings = {{"/build/of/others/", here() + '/'}}}});
  EXPECT_EQ(file->state, State::Read);
  EXPECT_EQ(file->path, path("a.cpp"));
}

TEST_F(SourceFiles, HaveTheCallSitesOfTheirLines) {
  folder.write("a.cpp", "1\n2\n3\n");
  const std::string name = (folder / "a.cpp").string();
  client::ProfileBuilder builder;
  const auto main = builder.place({{.function = "main", .file = name, .line = 3}});
  const auto parse = builder.place(
      {{.function = "inlined", .file = name, .line = 1}, {.function = "parse", .file = name, .line = 2}});
  const auto other = builder.place({{.function = "render", .file = "/elsewhere.cpp", .line = 2}});
  builder.count({.size = 64, .stack = builder.stackOf({parse, main}), .allocations = 3, .live = 1});
  builder.count({.size = 8, .stack = builder.stackOf({other, main}), .allocations = 2, .live = 2});
  builder.count({.size = 1, .stack = builder.stackOf({parse, parse, main}), .allocations = 1, .live = 1});
  const auto file = read({.file = path("a.cpp"), .sites = SiteSeries().next(builder.profile())});
  QStringList shown;
  for (const SourceLineSites& line : file->costs)
    shown << QStringLiteral("%1: %2 live").arg(line.line).arg(lineCostOf(*file->sites, line.rows).liveBytes);
  EXPECT_EQ(shown.join(", "), "1: 65 live, 2: 65 live, 3: 81 live") << "recursion counts a site once";
  const auto filtered = read({.file = path("a.cpp"), .sites = file->sites, .filter = "render"});
  ASSERT_EQ(filtered->costs.size(), 1U);
  EXPECT_EQ(filtered->costs[0].line, 3U);
}

}  // namespace
}  // namespace heaptap::gui
