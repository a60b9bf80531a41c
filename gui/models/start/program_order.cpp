// SPDX-License-Identifier: Apache-2.0
#include "gui/models/start/program_order.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <algorithm>

namespace heaptap::gui {
namespace {

constexpr qsizetype kLongestName = 60;

class ProgramOrderText {
  Q_DECLARE_TR_FUNCTIONS(ProgramOrderText)
};

/// What `run --force` replaces: a session, by the header of an SQLite file, which says whose it is; or an
/// empty file.
bool isReplaced(const QString& path) {
  constexpr qint64 kApplication = 68;
  QFile file(path);
  if (!QFileInfo(path).isFile() || !file.open(QIODevice::ReadOnly)) return false;
  return file.size() == 0 || (file.seek(kApplication) && file.read(4) == QByteArrayLiteral("htap"));
}

}  // namespace

QString ProgramOrder::filePath() const { return QDir(folder).absoluteFilePath(file); }

bool ProgramOrder::replaces() const { return QFileInfo::exists(filePath()) && isReplaced(filePath()); }

QStringList runArguments(const ProgramOrder& order, const QString& addressFile) {
  QStringList arguments{QStringLiteral("run"), QStringLiteral("--address-file"), addressFile,
                        QStringLiteral("-o"), order.file};
  if (order.replaces()) arguments << QStringLiteral("--force");
  if (!order.sample.isEmpty()) arguments << QStringLiteral("--sample") << order.sample;
  if (!order.withChildren) arguments << QStringLiteral("--no-children");
  if (order.withFreeStacks) arguments << QStringLiteral("--free-stacks");
  if (order.withMappings) arguments << QStringLiteral("--mmap");
  return arguments << QStringLiteral("--") << order.command;
}

QString problemOf(const ProgramOrder& order) {
  if (order.command.isEmpty() || order.command.front().isEmpty())
    return ProgramOrderText::tr("Name a program to run.");
  if (order.file.isEmpty()) return ProgramOrderText::tr("Name a file for the session.");
  if (!order.folder.isEmpty() && !QFileInfo(order.folder).isDir())
    return ProgramOrderText::tr("There is no folder %1.").arg(order.folder.simplified());
  if (const QString path = order.filePath(); QFileInfo::exists(path) && !isReplaced(path))
    return ProgramOrderText::tr("%1 is there, and is no session: name another file.")
        .arg(order.file.simplified());
  const auto isVariable = [](const QString& line) { return line.indexOf('=') > 0; };
  const auto wrong = std::find_if_not(order.environment.begin(), order.environment.end(), isVariable);
  if (wrong != order.environment.end())
    return ProgramOrderText::tr("A variable is written as NAME=VALUE, not as %1.").arg(wrong->simplified());
  return {};
}

QStringList wordsOf(const QString& line) {
  QStringList words;
  QString word;
  bool isWord = false;
  QChar quote;
  for (qsizetype i = 0; i < line.size(); ++i) {
    const QChar letter = line[i];
    const bool isEscape = letter == '\\' && quote != '\'' && i + 1 < line.size() &&
                          (quote.isNull() || line[i + 1] == '"' || line[i + 1] == '\\');
    if (isEscape) {
      word += line[++i];
      isWord = true;
    } else if (letter == quote) {
      quote = QChar();
    } else if (quote.isNull() && (letter == '"' || letter == '\'')) {
      quote = letter;
      isWord = true;
    } else if (quote.isNull() && letter.isSpace()) {
      if (isWord) words << word;
      word.clear();
      isWord = false;
    } else {
      word += letter;
      isWord = true;
    }
  }
  if (isWord) words << word;
  return words;
}

QString proposedFile(const QStringList& command, const QString& folder, const QString& moment) {
  const QString program = command.isEmpty() ? QString() : command.front().section('/', -1).left(kLongestName);
  const QString name = (program.isEmpty() ? QStringLiteral("program") : program) + '-' + moment;
  return QDir(folder.isEmpty() ? QDir::currentPath() : folder).filePath(name + QStringLiteral(".heaptap"));
}

}  // namespace heaptap::gui
