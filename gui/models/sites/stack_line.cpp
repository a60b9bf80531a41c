// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sites/stack_line.h"

#include "text/function_name.h"
#include "text/unnamed_place.h"

namespace heaptap::gui {
namespace {

/// The last two parts of a path, which is where people recognise a source file.
QString lastTwoParts(const QString& path) {
  const auto last = path.lastIndexOf('/');
  if (last <= 0) return path;
  return path.mid(path.lastIndexOf('/', last - 1) + 1);
}

QString fileName(const QString& path) { return path.mid(path.lastIndexOf('/') + 1); }

QString withLine(const QString& file, quint32 line) {
  return line == 0 ? file : file + ':' + QString::number(line);
}

}  // namespace

QString functionText(const StackLine& line) {
  if (!line.function.isEmpty()) return line.function;
  return QString::fromStdString(unnamedPlace(line.module.toStdString(), line.pc));
}

QString spokenFunctionText(const StackLine& line) {
  return QString::fromStdString(spokenFunctionName(functionText(line).toStdString()));
}

QString locationText(const StackLine& line) {
  return line.file.isEmpty() ? line.module : withLine(line.file, line.line);
}

QString shortLocationText(const StackLine& line) {
  if (line.file.isEmpty()) return fileName(line.module);
  return withLine(lastTwoParts(line.file), line.line);
}

QString stackText(const std::vector<StackLine>& lines) {
  QString text;
  for (const StackLine& line : lines) {
    const QString place = locationText(line);
    // Names come from outside: none of them may break a line.
    text += functionText(line).simplified();
    if (!place.isEmpty()) text += QStringLiteral("  (%1)").arg(place.simplified());
    text += '\n';
  }
  return text;
}

}  // namespace heaptap::gui
