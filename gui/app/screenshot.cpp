// SPDX-License-Identifier: Apache-2.0
#include "gui/app/screenshot.h"

#include <QApplication>
#include <QFile>
#include <utility>

#include "gui/views/frame/session_page.h"
#include "gui/views/painting/picture.h"

namespace heaptap::gui {
namespace {

constexpr int kLookMs = 20;

}  // namespace

Screenshot::Screenshot(Viewer& viewer, MainWindow& window, QString file, QString view,
                       std::function<void(const Result<void>&)> onDone)
    : m_window(window), m_file(std::move(file)), m_view(std::move(view)), m_onDone(std::move(onDone)) {
  // Queued: what the last answer has changed is laid out by then.
  connect(
      &viewer, &Viewer::shown, this, [this] { begin(); }, Qt::QueuedConnection);
  m_look.setInterval(kLookMs);
  connect(&m_look, &QTimer::timeout, this, [this] {
    const QString& problem = m_window.store().writtenTime().problem();
    if (!problem.isEmpty()) return end(failure(Code::Usage, {}, problem.toStdString()));
    if (m_window.session().isSettled()) end(paint());
  });
  connect(&viewer, &Viewer::failed, this, [this](const Error& error) { end(tl::unexpected(error)); });
}

void Screenshot::begin() {
  if (m_look.isActive()) return;
  if (!m_view.isEmpty() && !m_window.session().showView(m_view))
    return end(failure(Code::NotFound, "--view", "the session has nothing to show there"));
  QApplication::processEvents();  // What the view has changed, too.
  m_look.start();
}

Result<void> Screenshot::paint() {
  m_look.stop();
  QApplication::processEvents();  // What has come is laid out.
  QFile out(m_file);
  if (!out.open(QIODevice::WriteOnly) || out.write(pictureOf(m_window, m_file)) < 0 || !out.flush())
    return failure(Code::NotWritable, m_file.toStdString(), "cannot write the picture");
  return {};
}

void Screenshot::end(const Result<void>& outcome) {
  if (m_onDone) std::exchange(m_onDone, nullptr)(outcome);
}

}  // namespace heaptap::gui
