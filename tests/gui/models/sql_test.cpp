// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "gui/models/sql/sql_examples.h"
#include "gui/models/sql/sql_model.h"

namespace heaptap::gui {
namespace {

SqlResult someRows() {
  SqlResult result;
  result.columns = {"name", "n"};
  result.rows = {{QStringLiteral("b\nb"), qint64{10}},
                 {QStringLiteral("=1+1"), qint64{9}},
                 {std::monostate{}, 2.5},
                 {QByteArray("\x01\xFF", 2), std::monostate{}}};
  return result;
}

QString column(const SqlModel& model, int at) {
  QStringList cells;
  for (int row = 0; row < model.rowCount(); ++row) cells << model.index(row, at).data().toString();
  return cells.join('|');
}

TEST(SqlRows, AreShownAsTheCommandLineShowsThem) {
  SqlModel model;
  model.setResult(someRows());
  EXPECT_EQ(column(model, 0), "b\\nb|=1+1|NULL|x'01ff'");
  EXPECT_EQ(column(model, 1), "10|9|2.5|NULL");
  EXPECT_EQ(model.headerData(1, Qt::Horizontal, Qt::DisplayRole).toString(), "n");
}

TEST(SqlRows, AreSortedByValueAndBack) {
  SqlModel model;
  model.setResult(someRows());
  const QPersistentModelIndex first = model.index(0, 0);
  model.sort(1, Qt::AscendingOrder);
  EXPECT_EQ(column(model, 1), "NULL|2.5|9|10");
  EXPECT_EQ(first.row(), 3);
  model.sort(1, Qt::DescendingOrder);
  EXPECT_EQ(column(model, 1), "10|9|2.5|NULL");
  model.sort(0, Qt::AscendingOrder);
  EXPECT_EQ(column(model, 0), "NULL|=1+1|b\\nb|x'01ff'");
  model.sort(-1, Qt::AscendingOrder);
  EXPECT_EQ(column(model, 1), "10|9|2.5|NULL");
  model.sort(7, Qt::AscendingOrder);
  EXPECT_EQ(model.rowCount(), 4);
}

TEST(SqlRows, BecomeCsvInTheOrderShown) {
  SqlModel model;
  model.setResult(someRows());
  model.sort(1, Qt::AscendingOrder);
  EXPECT_EQ(sqlCsv(model.result(), model.order()).toStdString(),
            "\"name\",\"n\"\r\nx'01ff',\r\n,2.5\r\n\"'=1+1\",9\r\n\"b\\nb\",10\r\n");
}

TEST(SqlRows, ALongTextIsCut) {
  EXPECT_EQ(sqlText(QString(3'000, 'x')).size(), 1'001);
  EXPECT_EQ(sqlText(QByteArray(100, 'x')).size(), 2 + 64 + 2);
}

TEST(SqlExamples, AreTheStatementsOfAPageWithTheSentenceBeforeThem) {
  const QString page =
      "# Title\n\nNot this one.\n\nWho had `it`,\nand when? Addresses are numbers:\n\n```sql\nSELECT 1;\n"
      "```\n\nText.\n\n```sh\nls\n```\n\nThe rest:\n\n```sql\n-- a\nSELECT 2\n```\n\n```sql\ncut";
  EXPECT_EQ(sqlExamplesIn(page), (std::vector<SqlExample>{{"Who had it, and when?", "SELECT 1;"},
                                                          {"The rest", "-- a\nSELECT 2"}}));
}

TEST(SqlExamples, AreThoseOfTheSchemaPage) {
  ASSERT_GE(sqlExamples().size(), 15U);
  for (const SqlExample& example : sqlExamples()) {
    EXPECT_FALSE(example.question.isEmpty()) << example.statement.toStdString();
    EXPECT_LT(example.question.size(), 120) << example.question.toStdString();
    EXPECT_TRUE(example.statement.contains("SELECT")) << example.statement.toStdString();
  }
  EXPECT_TRUE(sqlExamples().front().statement.contains("FROM sites")) << "the first one is run at once";
}

}  // namespace
}  // namespace heaptap::gui
