// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "gui/models/source/editor_command.h"
#include "gui/models/source/source_file.h"

/// What the user has said about source files, kept from session to session.
/// Threads: GUI thread.
namespace heaptap::gui {

/// `isAsked`: the paths are a collector's.
[[nodiscard]] SourceAccess sourceAccess(bool isAsked);
/// Files in and below this folder may be read from now on.
void allowSources(const QString& folder);
/// Files are looked for there first from now on.
void addMapping(const SourceMapping& mapping);

[[nodiscard]] QString editorCommand();
void setEditorCommand(const QString& command);

/// Starts the editor, which goes on by itself. Returns: why it does not start, in a line; or nothing.
[[nodiscard]] QString openInEditor(const SourcePlace& place);

}  // namespace heaptap::gui
