// SPDX-License-Identifier: Apache-2.0
#include "gui/app/own_code.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QPointer>
#include <memory>
#include <utility>

#include "analysis/files/code_list_file.h"
#include "gui/models/save_file.h"

namespace heaptap::gui {
namespace {

analysis::CodeList::Line lineOf(const CodeMark& mark) {
  using Of = analysis::CodeList::Of;
  const bool isFunction = mark.of == CodeMark::Of::Function;
  // A module is the same in each folder: that of a build, and the one it is installed to.
  const QString name = isFunction ? mark.name : mark.name.section('/', -1);
  return {.isOwn = mark.isOwn, .of = isFunction ? Of::Function : Of::Module, .name = name.toStdString()};
}

/// Makes the text the list in the file, where it is one, and uses it.
Result<void> keep(const std::string& file, const std::string& text) {
  const QString path = QFile::decodeName(file.c_str());
  if (path.isEmpty())
    return failure(Code::NotWritable, "the list of own code", "there is no folder of settings to keep it in",
                   "set HOME, or name a file by HEAPTAP_OWN_CODE");
  if (auto list = analysis::CodeList::parse(file, text); !list)
    return tl::unexpected(std::move(list.error()));
  QDir().mkpath(QFileInfo(path).absolutePath());  // The file says what is wrong.
  if (const QString problem = saveFile(path, QByteArray::fromStdString(text)); !problem.isEmpty())
    return failure(Code::NotWritable, file, problem.toStdString(),
                   "make its folder writable, or name another file by HEAPTAP_OWN_CODE");
  return analysis::useCodeListOf(file);
}

std::string withLine(std::string text, const std::string& line) {
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  return text + line;
}

}  // namespace

OwnCode::OwnCode(QWidget& window) : m_window(window), m_file(analysis::codeListFile()) {
  m_files.setMaxThreadCount(1);
  const auto used = std::make_shared<Result<void>>(analysis::useCodeListOf(m_file));
  // The window hears of it once it is there.
  if (!*used)
    QMetaObject::invokeMethod(
        this, [this, used] { emit failed(used->error()); }, Qt::QueuedConnection);
}

OwnCode::~OwnCode() { m_files.waitForDone(); }

void OwnCode::mark(const CodeMark& mark) {
  m_files.start([this, line = analysis::writtenLine(lineOf(mark)), file = m_file] {
    auto done = std::make_shared<Result<void>>(analysis::readCodeListText(file).and_then(
        [&](const std::string& text) { return keep(file, withLine(text, line)); }));
    QMetaObject::invokeMethod(this, [this, done] { *done ? emit changed() : emit failed(done->error()); });
  });
}

void OwnCode::edit() {
  m_files.start([this, file = m_file] {
    auto text = std::make_shared<Result<std::string>>(analysis::readCodeListText(file));
    QMetaObject::invokeMethod(this,
                              [this, text] { *text ? showDialog(**text) : emit failed(text->error()); });
  });
}

void OwnCode::showDialog(const std::string& text) {
  auto* const dialog =
      new OwnCodeDialog(QFile::decodeName(m_file.c_str()), QString::fromStdString(text), &m_window);
  connect(dialog, &OwnCodeDialog::confirmed, this,
          [this, dialog](const QString& list) { replace(list.toStdString(), dialog); });
  dialog->open();
}

void OwnCode::replace(const std::string& text, OwnCodeDialog* dialog) {
  m_files.start([this, text, file = m_file, dialog = QPointer(dialog)] {
    auto done = std::make_shared<Result<void>>(keep(file, text));
    QMetaObject::invokeMethod(this, [this, done, dialog] {
      if (!*done && dialog) return dialog->refuse(QString::fromStdString(done->error().line()));
      if (!*done) return emit failed(done->error());
      if (dialog) dialog->accept();
      emit changed();
    });
  });
}

}  // namespace heaptap::gui
