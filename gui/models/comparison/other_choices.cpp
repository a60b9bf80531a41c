// SPDX-License-Identifier: Apache-2.0
#include "gui/models/comparison/other_choices.h"

#include <QCoreApplication>
#include <algorithm>

#include "gui/models/quantity_text.h"
#include "gui/models/timeline/axis.h"

namespace heaptap::gui {
namespace {

constexpr std::size_t kMostSessions = 100;
constexpr qsizetype kMostMarks = 20;
constexpr qsizetype kLongestName = 60;
constexpr quint64 kMillisecond = 1'000'000;

class OtherChoicesText {
  Q_DECLARE_TR_FUNCTIONS(OtherChoices)
};

QString shortened(const QString& text) {
  const QString line = text.simplified();
  return line.size() <= kLongestName ? line : line.left(kLongestName - 1) + QChar(0x2026);
}

QString programOf(const Session& session) {
  return session.command.isEmpty() ? QString() : session.command.first().section('/', -1);
}

QString nameOfOther(const Session& session) {
  QString name = shortened(programOf(session));
  if (session.startedAtUnixNs > 0) name += QStringLiteral(", ") + timestampText(session.startedAtUnixNs);
  if (session.pid != 0) name += QStringLiteral(", pid %1").arg(session.pid);
  return name;
}

/// The others of the source by id, then those beside the session's file by path; the newest first.
std::vector<OtherChoice> otherSessions(SessionStore& store) {
  struct Found {
    Session session;
    ComparedSide side;
  };
  std::vector<Found> found;
  const auto isKnown = [&](const QString& id) {
    return id == store.session().id || std::any_of(found.begin(), found.end(), [&](const Found& other) {
             return other.session.id == id;
           });
  };
  for (const Session& session : store.sessions())
    if (!isKnown(session.id))
      found.push_back({session, {.of = ComparedSide::Of::OtherSession, .name = session.id, .at = {}}});
  if (const SessionList* beside = store.beside().known())
    for (const Session& session : *beside)
      if (!isKnown(session.id))
        found.push_back({session, {.of = ComparedSide::Of::File, .name = session.file, .at = {}}});
  std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return a.session.startedAtUnixNs > b.session.startedAtUnixNs;
  });
  const auto before = std::find_if(found.begin(), found.end(), [&](const Found& other) {
    return other.session.startedAtUnixNs < store.session().startedAtUnixNs &&
           programOf(other.session) == programOf(store.session());
  });
  if (before != found.end()) std::rotate(found.begin(), before, before + 1);
  if (found.size() > kMostSessions) found.resize(kMostSessions);
  std::vector<OtherChoice> choices;
  for (const Found& other : found)
    choices.push_back({.text = nameOfOther(other.session), .side = other.side});
  if (before != found.end() && !choices.empty()) {
    choices.front().kind = OtherChoice::Kind::RunBefore;
    choices.front().text = OtherChoicesText::tr("the run before: %1").arg(choices.front().text);
  }
  return choices;
}

std::vector<OtherChoice> momentsOf(const SessionStore& store, const TimeChoice& time) {
  std::vector<OtherChoice> choices;
  const auto add = [&](OtherChoice::Kind kind, const QString& text, const QString& at) {
    choices.push_back({kind, text, {.of = ComparedSide::Of::ThisSession, .name = {}, .at = at}});
  };
  if (time.fromNs)
    add(OtherChoice::Kind::TimelineA,
        OtherChoicesText::tr("A of the timeline, %1").arg(momentText(*time.fromNs, kMillisecond)),
        writtenMoment(*time.fromNs));
  if (!store.summary()) return choices;
  add(OtherChoice::Kind::Fixed, OtherChoicesText::tr("the peak"), QStringLiteral("peak"));
  const Marks& marks = store.summary()->marks;
  for (std::size_t i = 0; i < marks.size() && static_cast<qsizetype>(i) < kMostMarks; ++i)
    add(OtherChoice::Kind::Fixed,
        OtherChoicesText::tr("“%1”, %2")
            .arg(shortened(marks[i].name), momentText(marks[i].atNs, kMillisecond)),
        writtenMoment(marks[i].atNs));
  return choices;
}

}  // namespace

QString writtenMoment(quint64 ns) {
  constexpr quint64 kSecond = 1'000'000'000;
  QString text = QString::number(ns / kSecond);
  if (ns % kSecond != 0) {
    text += QStringLiteral(".%1").arg(ns % kSecond, 9, 10, QLatin1Char('0'));
    while (text.endsWith('0')) text.chop(1);
  }
  return text + 's';
}

std::vector<OtherChoice> otherChoices(SessionStore& store, const TimeChoice& time,
                                      const std::optional<ComparedSide>& chosen) {
  std::vector<OtherChoice> choices = otherSessions(store);
  std::vector<OtherChoice> moments = momentsOf(store, time);
  const bool hasRunBefore = !choices.empty() && choices.front().kind == OtherChoice::Kind::RunBefore;
  // A stretch that is chosen is what the user looks at; else the run before is likelier than a moment.
  const auto place = choices.begin() + (hasRunBefore && !time.fromNs ? 1 : 0);
  choices.insert(place, moments.begin(), moments.end());
  choices.push_back({OtherChoice::Kind::AnotherTime, OtherChoicesText::tr("this session at…"), {}});
  if (chosen && !choiceOf(choices, *chosen))
    choices.insert(choices.begin(), {.text = shortened(chosen->name.section('/', -1)), .side = *chosen});
  return choices;
}

std::optional<std::size_t> choiceOf(const std::vector<OtherChoice>& choices, const ComparedSide& side) {
  const bool isThis = side.of == ComparedSide::Of::ThisSession;
  for (std::size_t at = 0; at < choices.size(); ++at) {
    const OtherChoice& choice = choices[at];
    if (choice.kind == OtherChoice::Kind::AnotherTime && isThis) return at;
    if (choice.side.of == side.of && choice.side.name == side.name && (!isThis || choice.side.at == side.at))
      return at;
  }
  return std::nullopt;
}

}  // namespace heaptap::gui
