// SPDX-License-Identifier: Apache-2.0
#include "gui/app/program_run.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QProcessEnvironment>
#include <chrono>
#include <utility>

namespace heaptap::gui {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookInterval = 50ms;
constexpr int kEndLimitMs = 5'000;

QString howEnded(int code, QProcess::ExitStatus status) {
  if (status == QProcess::CrashExit) return ProgramRun::tr("The recorder was killed.");
  // As heaptap run says it: docs/exit-codes.md.
  constexpr int kNotStarted = 125;
  if (code >= kNotStarted && code <= kNotStarted + 2)
    return ProgramRun::tr("The program was not started; its output says why.");
  // As a shell says it of a command that a signal has ended.
  constexpr int kSignal = 128;
  if (code > kSignal) return ProgramRun::tr("The program was ended by signal %1.").arg(code - kSignal);
  return code == 0 ? ProgramRun::tr("The program has ended.")
                   : ProgramRun::tr("The program has ended with status %1.").arg(code);
}

}  // namespace

QString heaptapProgram() {
  const QString beside = QCoreApplication::applicationDirPath() + QStringLiteral("/heaptap");
  return QFileInfo(beside).isExecutable() ? beside : QStringLiteral("heaptap");
}

ProgramRun::ProgramRun(ProgramOrder order, QObject* parent) : QObject(parent), m_order(std::move(order)) {
  m_look.setInterval(kLookInterval);
  connect(&m_look, &QTimer::timeout, this, &ProgramRun::lookForAddress);
  connect(&m_process, &QProcess::readyRead, this, &ProgramRun::read);
  connect(&m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
    read();
    m_look.stop();
    emit ended(howEnded(code, status));
  });
  connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error != QProcess::FailedToStart) return;
    m_look.stop();
    emit ended(tr("%1 cannot be started: %2").arg(m_process.program(), m_process.errorString()));
  });
}

ProgramRun::~ProgramRun() {
  m_process.disconnect(this);
  if (!isRunning()) return;
  m_process.terminate();
  m_process.waitForFinished(kEndLimitMs);
}

void ProgramRun::start() {
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  for (const QString& variable : m_order.environment)
    environment.insert(variable.section('=', 0, 0), variable.section('=', 1));
  m_process.setProcessEnvironment(environment);
  if (!m_order.folder.isEmpty()) m_process.setWorkingDirectory(m_order.folder);
  m_process.setProcessChannelMode(QProcess::MergedChannels);
  m_process.setStandardInputFile(QProcess::nullDevice());
  m_process.start(heaptapProgram(), runArguments(m_order, m_folder.filePath(QStringLiteral("address"))));
  m_look.start();
}

void ProgramRun::stop() { m_process.terminate(); }

void ProgramRun::lookForAddress() {
  QFile file(m_folder.filePath(QStringLiteral("address")));
  if (!file.open(QIODevice::ReadOnly)) return;
  m_look.stop();
  m_address = QString::fromLocal8Bit(file.readAll()).trimmed();
  emit watchable(m_address);
}

void ProgramRun::read() {
  const QString text = m_text.decode(m_process.readAll());
  if (!text.isEmpty()) emit wrote(text);
}

}  // namespace heaptap::gui
