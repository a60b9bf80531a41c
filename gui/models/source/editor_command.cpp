// SPDX-License-Identifier: Apache-2.0
#include "gui/models/source/editor_command.h"

#include <QProcess>
#include <algorithm>
#include <array>

namespace heaptap::gui {
namespace {

constexpr std::array kEditors{
    Editor{QT_TRANSLATE_NOOP("Editor", "VS Code"), "code --goto {file}:{line}:{column}"},
    Editor{QT_TRANSLATE_NOOP("Editor", "CLion"), "clion --line {line} --column {column} {file}"},
    Editor{QT_TRANSLATE_NOOP("Editor", "Qt Creator"), "qtcreator -client {file}:{line}:{column}"},
    Editor{QT_TRANSLATE_NOOP("Editor", "vim, in a terminal"), "x-terminal-emulator -e vim +{line} {file}"},
    Editor{QT_TRANSLATE_NOOP("Editor", "Emacs"), "emacs +{line}:{column} {file}"},
};

/// One pass: what a file is called is not looked at for places again.
QString filledIn(const QString& word, const SourcePlace& place) {
  QString filled;
  for (qsizetype at = 0; at < word.size();) {
    const QStringView rest = QStringView(word).sliced(at);
    if (rest.startsWith(QLatin1String("{file}"))) {
      filled += place.file;
      at += 6;
    } else if (rest.startsWith(QLatin1String("{line}"))) {
      filled += QString::number(place.line);
      at += 6;
    } else if (rest.startsWith(QLatin1String("{column}"))) {
      filled += QString::number(place.column);
      at += 8;
    } else {
      filled += word[at++];
    }
  }
  return filled;
}

}  // namespace

std::span<const Editor> knownEditors() { return kEditors; }

QStringList editorWords(const QString& command, const SourcePlace& place) {
  QStringList words = QProcess::splitCommand(command);
  const bool hasFile = std::any_of(
      words.begin(), words.end(), [](const QString& word) { return word.contains(QLatin1String("{file}")); });
  if (words.size() < 2 || !hasFile || words.first().contains(QLatin1String("{file}"))) return {};
  for (QString& word : words) word = filledIn(word, place);
  return words;
}

}  // namespace heaptap::gui
