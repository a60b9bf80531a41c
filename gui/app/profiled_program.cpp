// SPDX-License-Identifier: Apache-2.0
#include "gui/app/profiled_program.h"

#include <QDir>
#include <QFile>

#include "gui/models/sessions/session_text.h"

namespace heaptap::gui {

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
  const QString file = QDir(m_run->order().folder).absoluteFilePath(m_run->order().file);
  emit ended(how, QFile::exists(file) ? file : QString(), m_run->address());
}

}  // namespace heaptap::gui
