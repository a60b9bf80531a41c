// SPDX-License-Identifier: Apache-2.0
#include "gui/app/command_line.h"

#include <gtest/gtest.h>

#include <QFile>
#include <QRegularExpression>

namespace heaptap::gui {
namespace {

Result<std::variant<Options, Information>> parsed(const QStringList& arguments) {
  return parseCommandLine(QStringList{"heaptap-gui"} + arguments);
}

Options options(const QStringList& arguments) {
  const auto result = parsed(arguments);
  EXPECT_TRUE(result && std::holds_alternative<Options>(*result)) << arguments.join(' ').toStdString();
  return result && std::holds_alternative<Options>(*result) ? std::get<Options>(*result) : Options{};
}

TEST(CommandLine, TakesAFilterOfTerms) {
  const SiteFilter filter = options({"a.heaptap", "--filter", "parse", "--filter", "size>4K"}).filter;
  ASSERT_EQ(filter.terms().size(), 2U);
  EXPECT_EQ(filter.terms()[0].text, "parse");
  EXPECT_EQ(filter.terms()[1].least, 4'097U);
  const auto wrong = parseCommandLine({"heaptap-gui", "a.heaptap", "--filter", "size>x"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::Usage);
}

TEST(CommandLine, TakesFilesOrACollector) {
  EXPECT_EQ(options({"a.heaptap", "b.heaptap"}).files.join('|'), "a.heaptap|b.heaptap");
  EXPECT_EQ(options({"--collector", "unix:/x", "--session", "ab"}).collector, "unix:/x");
  EXPECT_EQ(options({"--collector", "unix:/x", "--session", "ab"}).session, "ab");
  EXPECT_TRUE(options({}).files.isEmpty());
  EXPECT_EQ(options({"--suppressions", "a.supp", "--suppressions", "b.supp"}).suppressions.join('|'),
            "a.supp|b.supp");
}

TEST(CommandLine, TakesWhatToCompareWithAndShowsIt) {
  EXPECT_EQ(options({"a.heaptap", "--compare", "b.heaptap@50%"}).compare, "b.heaptap@50%");
  EXPECT_EQ(options({"a.heaptap", "--compare", "b.heaptap"}).view, "compare");
  EXPECT_EQ(options({"a.heaptap", "--compare", "b.heaptap", "--view", "leaks"}).view, "leaks");
  EXPECT_FALSE(parsed({"--compare", "b.heaptap"}));
  EXPECT_FALSE(parsed({"a.heaptap", "--compare", ""}));
}

TEST(CommandLine, RefusesWhatMakesNoSense) {
  for (const QStringList& arguments :
       {QStringList{"--nonsense"}, QStringList{"--collector"}, QStringList{"--collector", ""},
        QStringList{"a.heaptap", "--collector", "unix:/x"}, QStringList{"--session", "ab"},
        QStringList{"a.heaptap", "--at", ""}, QStringList{"a.heaptap", "--at="},
        QStringList{"a.heaptap", "--from=", "--to=2s"}, QStringList{"a.heaptap", "--suppressions", ""},
        QStringList{"a.heaptap", "--theme="}, QStringList{""}}) {
    const auto result = parsed(arguments);
    ASSERT_FALSE(result) << arguments.join(' ').toStdString();
    EXPECT_EQ(result.error().code, Code::Usage);
    EXPECT_FALSE(result.error().remedy.empty());
  }
}

/// packaging/man/heaptap-gui.1
TEST(CommandLine, HasAPageOfTheManualWithAllItsOptions) {
  QFile page(QStringLiteral(HEAPTAP_GUI_PAGE));
  ASSERT_TRUE(page.open(QIODevice::ReadOnly));
  QString text = QString::fromUtf8(page.readAll());
  text.replace(QLatin1String("\\-"), QLatin1String("-"));
  const auto help = parsed({"--help"});
  ASSERT_TRUE(help && std::holds_alternative<Information>(*help));
  const QString told = std::get<Information>(*help).text;
  QRegularExpressionMatchIterator options =
      QRegularExpression(QStringLiteral("^ +(?:-\\w, )?(--[a-z-]+)"), QRegularExpression::MultilineOption)
          .globalMatch(told);
  EXPECT_TRUE(options.hasNext()) << told.toStdString();
  while (options.hasNext()) {
    const QString option = options.next().captured(1);
    EXPECT_TRUE(text.contains(QStringLiteral("\\fB%1\\fR").arg(option))) << option.toStdString();
  }
}

}  // namespace
}  // namespace heaptap::gui
