// SPDX-License-Identifier: Apache-2.0
#include "gui/app/profiled_program.h"

#include <QDir>
#include <QFileInfo>

#include "gui/models/sessions/session_text.h"

namespace heaptap::gui {

namespace {

/// Some script may have started more programs than anybody looks at.
constexpr qsizetype kMostFiles = 1000;

/// The sessions of a run, as `heaptap run` names them: NAME.heaptap, and NAME.PROGRAM.PID.N.heaptap of what
/// the program has started; but not what an earlier run has left there.
QStringList filesOf(const ProgramOrder& order, const QDateTime& since) {
  const QFileInfo own(order.filePath());
  if (!own.exists()) return {};
  const QString suffix = QStringLiteral(".heaptap");
  const QString name =
      own.fileName().endsWith(suffix) ? own.fileName().chopped(suffix.size()) : own.fileName();
  QStringList files{own.absoluteFilePath()};
  const QFileInfoList beside = own.dir().entryInfoList(QDir::Files, QDir::Time | QDir::Reversed);
  for (const QFileInfo& file : beside) {
    if (files.size() == kMostFiles) break;
    if (file.fileName() != own.fileName() && file.fileName().startsWith(name + '.') &&
        file.fileName().endsWith(suffix) && file.lastModified() >= since)
      files << file.absoluteFilePath();
  }
  return files;
}

}  // namespace

ProfiledProgram::ProfiledProgram(ProgramOutput& output, QObject* parent) : QObject(parent), m_output(output) {
  connect(&output, &ProgramOutput::stopWanted, this, [this] {
    if (m_run) m_run->stop();
  });
}

QString ProfiledProgram::running() const {
  return m_run && m_run->isRunning() ? commandText(m_run->order().command).simplified() : QString();
}

void ProfiledProgram::start(const ProgramOrder& order) {
  if (const QString other = running(); !other.isEmpty())
    return emit refused(tr("%1 is still running; end it first").arg(other));
  // Times of files are told in steps, by a clock that lags behind.
  m_startedAt = QDateTime::currentDateTime().addSecs(-1);
  m_run = std::make_unique<ProgramRun>(order);
  m_output.begin(commandText(order.command));
  connect(m_run.get(), &ProgramRun::wrote, &m_output, &ProgramOutput::add);
  connect(m_run.get(), &ProgramRun::watchable, this, &ProfiledProgram::watchable);
  connect(m_run.get(), &ProgramRun::ended, this, &ProfiledProgram::finish);
  m_run->start();
  emit runningChanged();
}

void ProfiledProgram::finish(const QString& how) {
  m_output.end(how);
  emit runningChanged();
  emit ended(how, filesOf(m_run->order(), m_startedAt), m_run->address());
}

}  // namespace heaptap::gui
