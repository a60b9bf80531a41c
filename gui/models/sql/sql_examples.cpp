// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sql/sql_examples.h"

#include <QStringList>

#include "gui/models/sql/schema_page.h"

namespace heaptap::gui {
namespace {

/// What stands before a statement, without the `:` or `.` at its end: its first sentence.
QString questionOf(QString text) {
  text = text.simplified().remove('`');
  for (const auto& end : {QStringLiteral("? "), QStringLiteral(". ")})
    if (const qsizetype at = text.indexOf(end); at > 0) text.truncate(at + 1);
  while (text.endsWith(':') || text.endsWith('.')) text.chop(1);
  return text;
}

}  // namespace

std::vector<SqlExample> sqlExamplesIn(const QString& page) {
  std::vector<SqlExample> examples;
  QStringList paragraph;
  QStringList statement;
  bool isInStatement = false;
  for (const QString& line : page.split('\n')) {
    if (isInStatement) {
      if (line != QLatin1String("```")) {
        statement << line;
        continue;
      }
      examples.push_back({.question = questionOf(paragraph.join(' ')), .statement = statement.join('\n')});
      paragraph.clear();
      statement.clear();
      isInStatement = false;
    } else if (line == QLatin1String("```sql")) {
      isInStatement = true;
    } else if (!line.trimmed().isEmpty()) {
      if (line.startsWith('#') || line.startsWith(QLatin1String("```")))
        paragraph.clear();
      else
        paragraph << line;
    } else if (!paragraph.isEmpty() && !paragraph.back().endsWith(':') && !paragraph.back().endsWith('?')) {
      paragraph.clear();  // It was about something else.
    }
  }
  return examples;
}

const std::vector<SqlExample>& sqlExamples() {
  static const std::vector<SqlExample> examples = sqlExamplesIn(QString::fromUtf8(schemaPage()));
  return examples;
}

}  // namespace heaptap::gui
