// SPDX-License-Identifier: Apache-2.0
#include "gui/views/source/source_settings.h"

#include <QCoreApplication>
#include <QProcess>
#include <QSettings>
#include <QStandardPaths>

namespace heaptap::gui {
namespace {

constexpr const char* kFoldersKey = "source/folders";
constexpr const char* kMappingsKey = "source/mappings";  ///< From, to, from, to, …
constexpr const char* kEditorKey = "source/editor";
constexpr qsizetype kMostMappings = 50;

class SourceSettingsText {
  Q_DECLARE_TR_FUNCTIONS(SourceSettings)
};

}  // namespace

SourceAccess sourceAccess(bool isAsked) {
  const QSettings settings;
  SourceAccess access{.isAsked = isAsked, .folders = settings.value(kFoldersKey).toStringList()};
  const QStringList mappings = settings.value(kMappingsKey).toStringList();
  for (qsizetype i = 0; i + 1 < mappings.size(); i += 2)
    access.mappings.push_back({mappings[i], mappings[i + 1]});
  return access;
}

void allowSources(const QString& folder) {
  QSettings settings;
  QStringList folders = settings.value(kFoldersKey).toStringList();
  if (folders.contains(folder)) return;
  folders << folder;
  settings.setValue(kFoldersKey, folders);
}

void addMapping(const SourceMapping& mapping) {
  QSettings settings;
  QStringList mappings = settings.value(kMappingsKey).toStringList();
  QStringList kept{mapping.from, mapping.to};
  for (qsizetype i = 0; i + 1 < mappings.size() && kept.size() < 2 * kMostMappings; i += 2)
    if (mappings[i] != mapping.from) kept << mappings[i] << mappings[i + 1];
  settings.setValue(kMappingsKey, kept);
}

QString editorCommand() {
  return QSettings().value(kEditorKey, QLatin1String(knownEditors().front().command)).toString();
}

void setEditorCommand(const QString& command) { QSettings().setValue(kEditorKey, command); }

QString openInEditor(const SourcePlace& place) {
  const QString command = editorCommand();
  QStringList words = editorWords(command, place);
  if (words.isEmpty())
    return SourceSettingsText::tr(
               "The editor's command “%1” has no program and {file}. Choose another editor.")
        .arg(command);
  const QString program = words.takeFirst();
  if (QStandardPaths::findExecutable(program).isEmpty())
    return SourceSettingsText::tr("There is no program “%1”. Choose another editor.").arg(program);
  QProcess process;
  process.setProgram(program);
  process.setArguments(words);
  // What it says is not the viewer's.
  process.setStandardInputFile(QProcess::nullDevice());
  process.setStandardOutputFile(QProcess::nullDevice());
  process.setStandardErrorFile(QProcess::nullDevice());
  if (process.startDetached()) return {};
  return SourceSettingsText::tr("%1 does not start: %2.").arg(program, process.errorString());
}

}  // namespace heaptap::gui
