// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <span>

namespace heaptap::gui {

/// An editor, and how it is told to open a file at a line. In the command `{file}`, `{line}` and `{column}`
/// stand for the place; no shell reads it, so that a file may be called anything.
struct Editor {
  const char* name;  ///< To be translated in the context "Editor".
  const char* command;
};

/// Those that are known.
[[nodiscard]] std::span<const Editor> knownEditors();

/// A place in a source file.
struct SourcePlace {
  QString file;
  quint32 line = 1;
  quint32 column = 1;
};

/// The program and its arguments. Empty: the command has no program, or does not say where the file goes.
[[nodiscard]] QStringList editorWords(const QString& command, const SourcePlace& place);

}  // namespace heaptap::gui
