// SPDX-License-Identifier: Apache-2.0
#include "gui/app/screenshot.h"

#include <QApplication>
#include <QImage>
#include <QPixmap>
#include <utility>

namespace heaptap::gui {

Screenshot::Screenshot(Viewer& viewer, MainWindow& window, QString file, QString view,
                       std::function<void(const Result<void>&)> onDone)
    : m_window(window), m_file(std::move(file)), m_view(std::move(view)), m_onDone(std::move(onDone)) {
  // Queued: what the last answer has changed is laid out by then.
  connect(
      &viewer, &Viewer::shown, this, [this] { end(paint()); }, Qt::QueuedConnection);
  connect(&viewer, &Viewer::failed, this, [this](const Error& error) { end(tl::unexpected(error)); });
}

Result<void> Screenshot::paint() {
  if (!m_view.isEmpty() && !m_window.session().showView(m_view))
    return failure(Code::NotFound, "--view", "the session has nothing to show there");
  QApplication::processEvents();  // What the tab has changed, too.
  // The smallest file: pictures are kept in documents.
  if (!m_window.grab().toImage().convertToFormat(QImage::Format_RGB888).save(m_file, "PNG", 0))
    return failure(Code::NotWritable, m_file.toStdString(), "cannot write the picture");
  return {};
}

void Screenshot::end(const Result<void>& outcome) {
  if (m_onDone) std::exchange(m_onDone, nullptr)(outcome);
}

}  // namespace heaptap::gui
