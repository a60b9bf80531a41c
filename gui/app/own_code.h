// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QThreadPool>
#include <string>

#include "base/error.h"
#include "gui/models/own_code/code_mark.h"
#include "gui/views/own_code/own_code_dialog.h"

namespace heaptap::gui {

/// The user's list of what is the program's own code (analysis/files/code_list_file.h): in use from the
/// beginning, changed by menus and by its dialog. Threads: GUI thread; files are read and written on a
/// worker.
class OwnCode : public QObject {
  Q_OBJECT

 public:
  /// Reads the list, and uses it. `window`: the parent of dialogs.
  explicit OwnCode(QWidget& window);
  ~OwnCode() override;

  /// Adds a line.
  void mark(const CodeMark& mark);
  /// Shows the list, to be changed.
  void edit();

 signals:
  /// The list in use is another: what was named by the one before is named anew.
  void changed();
  void failed(const heaptap::Error& error);

 private:
  void replace(const std::string& text, OwnCodeDialog* dialog);
  void showDialog(const std::string& text);

  QWidget& m_window;
  std::string m_file;
  QThreadPool m_files;
};

}  // namespace heaptap::gui
