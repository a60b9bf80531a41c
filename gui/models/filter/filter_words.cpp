// SPDX-License-Identifier: Apache-2.0
#include "gui/models/filter/filter_words.h"

#include <QCoreApplication>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "gui/models/filter/name_match.h"
#include "text/duration.h"
#include "text/quantity.h"

namespace heaptap::gui {
namespace {

using Of = FilterTerm::Of;
using Read = std::variant<FilterTerm, FilterProblem>;

struct Kind {
  Of of;
  const char* word;
};
/// The words are typed in each language; a chip shows them in the user's.
constexpr std::array kKinds{Kind{Of::Function, QT_TRANSLATE_NOOP("FilterText", "function")},
                            Kind{Of::File, QT_TRANSLATE_NOOP("FilterText", "file")},
                            Kind{Of::Module, QT_TRANSLATE_NOOP("FilterText", "module")},
                            Kind{Of::Size, QT_TRANSLATE_NOOP("FilterText", "size")},
                            Kind{Of::Lifetime, QT_TRANSLATE_NOOP("FilterText", "lifetime")},
                            Kind{Of::Thread, QT_TRANSLATE_NOOP("FilterText", "thread")}};

class FilterText {
  Q_DECLARE_TR_FUNCTIONS(FilterText)
};

QString wordOf(Of of) {
  for (const Kind& kind : kKinds)
    if (kind.of == of) return QLatin1String(kind.word);
  return {};
}

QString shownWordOf(Of of) {
  const QString word = wordOf(of);
  return word.isEmpty() ? word : FilterText::tr(word.toLatin1().constData());
}

/// A size or a time, exactly, in the largest unit that leaves no fraction.
struct ExactUnit {
  quint64 factor;
  const char* typed;
  const char* shown;
};
constexpr std::array kByteUnits{ExactUnit{1U << 30U, "G", "GiB"}, ExactUnit{1U << 20U, "M", "MiB"},
                                ExactUnit{1U << 10U, "K", "KiB"}, ExactUnit{1, "", "B"}};
constexpr std::array kTimeUnits{ExactUnit{1'000'000'000, "s", "s"}, ExactUnit{1'000'000, "ms", "ms"},
                                ExactUnit{1'000, "us", "us"}, ExactUnit{1, "ns", "ns"}};

QString numberText(Of of, quint64 number, bool isTyped) {
  for (const ExactUnit& unit : of == Of::Size ? kByteUnits : kTimeUnits) {
    if (number == 0 ? unit.factor != 1 : number % unit.factor != 0) continue;
    const QString digits = QString::number(number / unit.factor);
    return isTyped ? digits + QLatin1String(unit.typed) : digits + ' ' + QLatin1String(unit.shown);
  }
  return {};
}

std::optional<quint64> numberIn(Of of, const QString& words) {
  const std::string text = words.trimmed().toStdString();
  if (of == Of::Lifetime) return parseDuration(text);
  std::uint64_t bytes = 0;
  return parseBytes(text, bytes) ? std::optional<quint64>(bytes) : std::nullopt;
}

/// `1K-4K`, `4K-`, `-4K`, `4K`; and with the comparison that stood in place of the colon.
std::optional<std::pair<quint64, quint64>> rangeIn(Of of, const QString& comparison, const QString& words) {
  constexpr quint64 kNoLimit = FilterTerm::kNoLimit;
  if (comparison == QLatin1String(":")) {
    const qsizetype dash = words.indexOf('-');
    if (dash >= 0) {
      const QString low = words.left(dash).trimmed();
      const QString high = words.mid(dash + 1).trimmed();
      if (low.isEmpty() && high.isEmpty()) return std::nullopt;
      const auto least = low.isEmpty() ? std::optional<quint64>(0) : numberIn(of, low);
      const auto most = high.isEmpty() ? std::optional<quint64>(kNoLimit) : numberIn(of, high);
      if (!least || !most || *least > *most) return std::nullopt;
      return std::pair(*least, *most);
    }
  }
  const auto number = numberIn(of, words);
  if (!number) return std::nullopt;
  if (comparison == QLatin1String(">=")) return std::pair(*number, kNoLimit);
  if (comparison == QLatin1String("<=")) return std::pair(quint64{0}, *number);
  if (comparison == QLatin1String(">"))
    return *number == kNoLimit ? std::nullopt : std::optional(std::pair(*number + 1, kNoLimit));
  if (comparison == QLatin1String("<"))
    return *number == 0 ? std::nullopt : std::optional(std::pair(quint64{0}, *number - 1));
  return std::pair(*number, *number);
}

Read readNumbers(FilterTerm term, const QString& comparison, const QString& words) {
  const auto range = rangeIn(term.of, comparison, words);
  if (!range)
    return FilterProblem{term.of == Of::Size
                             ? FilterText::tr("A size is written as size>4K, size<=64 or size:1K-4K.")
                             : FilterText::tr("A lifetime is written as lifetime>10s, lifetime<1ms or "
                                              "lifetime:1ms-1s.")};
  std::tie(term.least, term.most) = *range;
  return term;
}

Read readNames(FilterTerm term, const QString& words) {
  term.text = words.trimmed();
  if (term.text.isEmpty()) return FilterProblem{FilterText::tr("There is no text to look for.")};
  if (term.of == Of::Thread || term.isWhole) return term;
  // As the command line has it: a path is no regular expression.
  if (term.text.size() > 2 && term.text.startsWith('/') &&
      term.text.indexOf('/', 1) == term.text.size() - 1) {
    term.isRegex = true;
    term.text = term.text.mid(1, term.text.size() - 2);
    if (const QString problem = NameMatch(term).problem(); !problem.isEmpty())
      return FilterProblem{FilterText::tr("This is no regular expression: %1").arg(problem)};
  }
  return term;
}

/// The comparison that words have after a kind: ":", ">=", …; empty: none.
QString comparisonIn(const QString& words) {
  for (const char* comparison : {":", ">=", "<=", ">", "<", "="})
    if (words.startsWith(QLatin1String(comparison))) return QLatin1String(comparison);
  return {};
}

QString rangeText(const FilterTerm& term) {
  const QString least = numberText(term.of, term.least, false);
  if (term.least == term.most) return QStringLiteral(" = ") + least;
  if (term.most == FilterTerm::kNoLimit) return QStringLiteral(" ≥ ") + least;
  const QString most = numberText(term.of, term.most, false);
  return term.least == 0 ? QStringLiteral(" ≤ ") + most
                         : QStringLiteral(" ") + least + QStringLiteral(" – ") + most;
}

}  // namespace

Read readTerm(const QString& words) {
  QString rest = words.trimmed();
  FilterTerm term;
  // Names of operators and of files may begin with a dash and a space: a dash alone says nothing.
  if (rest.size() > 1 && rest.startsWith('-') && !rest.at(1).isSpace()) {
    term.isNot = true;
    rest = rest.mid(1);
  }
  for (const Kind& kind : kKinds) {
    if (!rest.startsWith(QLatin1String(kind.word), Qt::CaseInsensitive)) continue;
    const QString after =
        rest.mid(static_cast<qsizetype>(std::char_traits<char>::length(kind.word))).trimmed();
    const QString comparison = comparisonIn(after);
    term.of = kind.of;
    const bool isColon = comparison == QLatin1String(":");
    // `std::` is a part of many names: what two colons follow is none of ours.
    const bool isName = after.startsWith(QLatin1String("::"));
    const bool isKnown = isColon || comparison == QLatin1String("=") || term.isOfNumbers();
    if (comparison.isEmpty() || isName || !isKnown) {
      term.of = Of::Any;
      continue;
    }
    const QString value = after.mid(comparison.size());
    if (term.isOfNumbers()) return readNumbers(term, comparison, value);
    term.isWhole = !isColon && term.of != Of::Thread;
    return readNames(term, value);
  }
  return readNames(term, rest);
}

QString wordsFor(const FilterTerm& term) {
  QString words = term.isNot ? QStringLiteral("-") : QString();
  if (term.of != Of::Any) words += wordOf(term.of) + (term.isWhole ? '=' : ':');
  if (term.isOfNumbers()) {
    if (term.least == term.most) return words + numberText(term.of, term.least, true);
    if (term.least > 0) words += numberText(term.of, term.least, true);
    words += '-';
    if (term.most < FilterTerm::kNoLimit) words += numberText(term.of, term.most, true);
    return words;
  }
  return words + (term.isRegex ? '/' + term.text + '/' : term.text);
}

QString termText(const FilterTerm& term) {
  QString text = term.isNot ? FilterText::tr("not ") : QString();
  if (term.isOfNumbers()) return text + shownWordOf(term.of) + rangeText(term);
  if (term.of != Of::Any)
    text += shownWordOf(term.of) + (term.isWhole ? QStringLiteral(" = ") : QStringLiteral(": "));
  return text + (term.isRegex ? '/' + term.text + '/' : term.text);
}

QStringList termBeginnings() {
  return {QStringLiteral("function:"), QStringLiteral("file:"),     QStringLiteral("module:"),
          QStringLiteral("thread:"),   QStringLiteral("size>"),     QStringLiteral("size:"),
          QStringLiteral("lifetime>"), QStringLiteral("lifetime:"), QStringLiteral("-")};
}

}  // namespace heaptap::gui
