// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sessions/session_text.h"

#include <QCoreApplication>
#include <string>
#include <vector>

#include "gui/models/quantity_text.h"
#include "text/printable.h"
#include "text/shell_word.h"

namespace heaptap::gui {
namespace {

class SessionText {
  Q_DECLARE_TR_FUNCTIONS(Session)
};

}  // namespace

QString commandText(const QStringList& command) {
  std::vector<std::string> words;
  for (const QString& word : command) words.push_back(word.toStdString());
  QString line = QString::fromStdString(withoutInvisible(shellLine(words)));
  // A line of text stays a line, whatever the program was called with.
  for (QChar& c : line)
    if (c < QChar(0x20) || c == QChar(0x7F)) c = QChar::ReplacementCharacter;
  return line;
}

QString stateText(SessionState state) {
  switch (state) {
    case SessionState::Live: return SessionText::tr("live");
    case SessionState::Complete: return SessionText::tr("complete");
    case SessionState::CutShort: return SessionText::tr("cut short");
    case SessionState::RecordedElsewhere: return SessionText::tr("recording");
    case SessionState::Unknown: break;
  }
  return SessionText::tr("unknown");
}

QString remainsText(Remains remains) {
  switch (remains) {
    case Remains::Live: return SessionText::tr("Live");
    case Remains::Leaked: return SessionText::tr("Leaked");
    case Remains::LiveAtEnd: break;
  }
  return SessionText::tr("Live at end");
}

QString leftText(Remains remains) {
  return remains == Remains::Leaked ? SessionText::tr("Left at end") : remainsText(remains);
}

QString processText(const Summary& summary) {
  const Session& session = summary.session;
  QStringList parts;
  // What was made of another profiler's file has neither.
  if (session.pid != 0)
    parts << (summary.host.isEmpty() ? SessionText::tr("pid %1").arg(session.pid)
                                     : SessionText::tr("pid %1 on %2").arg(session.pid).arg(summary.host));
  if (session.isLive())
    parts << (summary.pausedSinceNs
                  ? SessionText::tr("recording is paused since %1").arg(durationText(*summary.pausedSinceNs))
                  : SessionText::tr("running"));
  else if (summary.end.isEmpty() || session.state == SessionState::CutShort)
    parts << stateText(session.state);
  if (!summary.end.isEmpty()) parts << summary.end;
  parts << SessionText::tr("started %1 UTC").arg(timestampText(session.startedAtUnixNs));
  if (session.durationNs)
    parts << (session.isLive() ? SessionText::tr("for %1") : SessionText::tr("ran %1"))
                 .arg(durationText(*session.durationNs));
  if (summary.threads != 0) parts << numberOfText(summary.threads, Noun::Thread);
  return parts.join(QStringLiteral("  ·  "));
}

QString samplingText(const Sampling& sampling) {
  return SessionText::tr(
             "≈ estimates from %1, one each %2 on average; ± is one standard error. "
             "Allocations and frees in all are exact.")
      .arg(numberOfText(sampling.samples, Noun::Sample), bytesText(sampling.interval));
}

std::optional<quint64> costNs(const OwnCost& cost) {
  std::optional<quint64> sum;
  for (const auto& part : {cost.agentCpuNs, cost.relayCpuNs, cost.collectorCpuNs})
    if (part) sum = sum.value_or(0) + *part;
  return sum;
}

QStringList costLines(const OwnCost& cost) {
  QStringList lines;
  if (cost.agentCpuNs)
    lines << SessionText::tr("In the program: ≈ %1 (one event in some hundreds is timed).")
                 .arg(durationText(*cost.agentCpuNs));
  if (cost.relayCpuNs)
    lines << SessionText::tr("Relay: %1, for all the sessions that it records.")
                 .arg(durationText(*cost.relayCpuNs));
  if (cost.collectorCpuNs)
    lines << SessionText::tr("Collector: %1, for this session.").arg(durationText(*cost.collectorCpuNs));
  if (cost.maxPoolBytes)
    lines << SessionText::tr("Heaptap's memory in the program's resident set: at most %1.")
                 .arg(bytesText(*cost.maxPoolBytes));
  if (cost.truncatedStacks != 0)
    lines << SessionText::tr("Stacks deeper than heaptap walks: %1.").arg(countText(cost.truncatedStacks));
  if (cost.overflowedStacks != 0)
    lines << SessionText::tr("Allocations without a stack, as the table was full: %1.")
                 .arg(countText(cost.overflowedStacks));
  if (cost.lostStacks != 0)
    lines << SessionText::tr("Stacks that could not be followed to their end: %1.")
                 .arg(countText(cost.lostStacks));
  if (cost.guessedStacks != 0)
    lines << SessionText::tr("Stacks with frames that were guessed: %1.").arg(countText(cost.guessedStacks));
  return lines;
}

QStringList dropLines(const QList<DropCause>& causes) {
  QStringList lines;
  for (const DropCause& cause : causes)
    lines << SessionText::tr("%1 because %2; %3.").arg(countText(cause.events), cause.cause, cause.remedy);
  return lines;
}

namespace definition {

QString remains(Remains remains) {
  switch (remains) {
    case Remains::Live: return SessionText::tr("Memory that is allocated and not freed at this moment.");
    case Remains::Leaked:
      return SessionText::tr("Memory that the process allocated and had not freed when it ended.");
    case Remains::LiveAtEnd: break;
  }
  return SessionText::tr(
      "Memory that was allocated and not freed when the record ended; the process had no chance to free it.");
}

QString peak() {
  return SessionText::tr("The largest sum of requested bytes that were live at the same time.");
}

QString allocations() {
  return SessionText::tr("Blocks that were handed out; a realloc counts as one free and one allocation.");
}

QString temporaries() {
  return SessionText::tr(
      "Allocations freed by the thread that made them, before it made another: they could often be avoided.");
}

QString dropped() {
  return SessionText::tr("Events that were not recorded. The other numbers do not include them.");
}

QString resident() {
  return SessionText::tr(
      "The part of the program's memory that is in RAM, as the kernel counts it: heap, code, stacks, files.");
}

QString ownCost() { return SessionText::tr("CPU time that recording has taken, as far as it is known."); }

}  // namespace definition
}  // namespace heaptap::gui
