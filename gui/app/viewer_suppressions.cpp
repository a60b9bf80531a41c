// SPDX-License-Identifier: Apache-2.0
// What the viewer does about suppressions.
#include <QFile>
#include <utility>

#include "gui/app/viewer.h"
#include "gui/client/sessions/suppression_rule.h"

namespace heaptap::gui {

void Viewer::suppress(const SiteNumbers::Key& site, const QString& file) {
  if (m_followed.isEmpty() || file.isEmpty()) return;
  m_suppressing = m_source->client().ask<Result<void>>(
      [session = m_followed.toStdString(), site, rules = m_suppressions.rules,
       name = QFile::encodeName(file).toStdString()](client::ProfileSource& source,
                                                     const std::shared_ptr<Ticket>& ticket) {
        return suppressionOf(source, session, *rules, site, ticket->stop())
            .and_then([&](const std::string& lines) { return appendTo(name, lines); });
      },
      [this, file](const Result<void>& outcome) {
        if (!outcome) {
          m_keepsProblem = true;  // It is no matter of what arrives from the session.
          return m_window.showProblem(tr("Cannot suppress the leak"),
                                      QString::fromStdString(outcome.error().line()).simplified());
        }
        QStringList files = m_suppressions.files;
        if (!files.contains(file)) files << file;
        useSuppressions(files);
        m_window.announce(tr("Suppressed in %1.").arg(file));
      });
}

void Viewer::useSuppressions(const QStringList& files) {
  m_opening.start([this, files] {
    auto read = std::make_shared<Result<Suppressions>>(readSuppressions(files));
    QMetaObject::invokeMethod(
        this, [this, read] { suppressionsRead(std::move(*read)); }, Qt::QueuedConnection);
  });
}

void Viewer::suppressionsRead(Result<Suppressions> read) {
  if (read) {
    if (m_keepsProblem) m_window.clearProblem();
    return judgeBy(std::move(*read));
  }
  m_keepsProblem = m_window.showsSession();
  m_window.showProblem(tr("Cannot use the suppressions"),
                       QString::fromStdString(read.error().line()).simplified());
  emit failed(read.error());
}

void Viewer::judgeBy(Suppressions suppressions) {
  m_suppressions = std::move(suppressions);
  m_window.setSuppressions(m_suppressions.files);
  if (m_watch) m_watch->judgeBy(m_suppressions.rules);
}

}  // namespace heaptap::gui
