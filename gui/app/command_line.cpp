// SPDX-License-Identifier: Apache-2.0
#include "gui/app/command_line.h"

#include <QCommandLineParser>
#include <QCoreApplication>

#include "gui/models/filter/filter_words.h"

namespace heaptap::gui {
namespace {

class CommandLineText {
  Q_DECLARE_TR_FUNCTIONS(CommandLine)
};

constexpr const char* kSeeHelp = "see heaptap-gui --help";
constexpr int kLargestSide = 8'192;

/// "1280x800"; none: something else, or out of bounds.
std::optional<QSize> sizeOf(const QString& text) {
  const QStringList sides = text.split('x');
  if (sides.size() != 2) return std::nullopt;
  bool areNumbers[2] = {};
  const QSize size(sides[0].toInt(&areNumbers[0]), sides[1].toInt(&areNumbers[1]));
  const auto fits = [](int side) { return side >= 1 && side <= kLargestSide; };
  if (!areNumbers[0] || !areNumbers[1] || !fits(size.width()) || !fits(size.height())) return std::nullopt;
  return size;
}

/// Errors: Usage: an instant and a stretch of time.
Result<TimeWords> timeOf(const QCommandLineParser& parser, const QStringList& names) {
  for (const QString& name : names.first(3))
    if (parser.isSet(name) && parser.value(name).trimmed().isEmpty())
      return failure(Code::Usage, "--" + name.toStdString(), "no time is given", kSeeHelp);
  const TimeWords words{.at = parser.value(names[0]),
                        .from = parser.value(names[1]),
                        .to = parser.value(names[2]),
                        .isSince = parser.isSet(names[3])};
  if (!words.at.isEmpty() && !(words.from.isEmpty() && words.to.isEmpty()))
    return failure(Code::Usage, {}, "--at stands alone", "give --at, or --from and --to");
  if (words.isSince && words.from.isEmpty() && words.to.isEmpty())
    return failure(Code::Usage, "--since", "no stretch of time is given", "give --from, too");
  return words;
}

}  // namespace

Result<std::variant<Options, Information>> parseCommandLine(const QStringList& arguments) {
  QCommandLineParser parser;
  parser.setApplicationDescription(
      CommandLineText::tr("Shows recorded heap sessions: from files, or live from a collector."));
  const auto help = parser.addHelpOption();
  const auto version = parser.addVersionOption();
  const QCommandLineOption collector(
      QStringLiteral("collector"),
      CommandLineText::tr("Attach to the heaptapd at ADDR: unix:PATH, HOST:PORT or tls://HOST:PORT."), QStringLiteral("ADDR"));
  const QCommandLineOption session(QStringLiteral("session"),
                                   CommandLineText::tr("Show the session whose id starts with PREFIX."),
                                   QStringLiteral("PREFIX"));
  const QCommandLineOption view(QStringLiteral("view"),
                                CommandLineText::tr("Show this view first: %1.").arg(viewIds()),
                                QStringLiteral("NAME"));
  const QCommandLineOption at(
      QStringLiteral("at"),
      CommandLineText::tr("Begin with the heap at this time: 12.5s, 50%, -10s (before the end), peak, "
                          "or a mark's name."),
      QStringLiteral("TIME"));
  const QCommandLineOption from(
      QStringLiteral("from"),
      CommandLineText::tr(
          "Begin with what was allocated from this time (without it, the start) to --to and is "
          "still there then."),
      QStringLiteral("TIME"));
  const QCommandLineOption to(
      QStringLiteral("to"),
      CommandLineText::tr("The end of that stretch of time; without it, the session's."),
      QStringLiteral("TIME"));
  const QCommandLineOption since(
      QStringLiteral("since"),
      CommandLineText::tr("Of that stretch of time: the heap at its end, with how it "
                          "differs from the one at its beginning."));
  const QCommandLineOption compare(
      QStringLiteral("compare"),
      CommandLineText::tr(
          "Compare with OTHER, a file or a session of the collector, as it was before; with @TIME, "
          "as it was then."),
      QStringLiteral("OTHER[@TIME]"));
  const QCommandLineOption filter(
      QStringLiteral("filter"),
      CommandLineText::tr(
          "Begin with this filter: parse, module:libfoo, size>4K, -function:/^read/; may be repeated."),
      QStringLiteral("TERM"));
  const QCommandLineOption theme(QStringLiteral("theme"),
                                 CommandLineText::tr("Use light or dark colours instead of the desktop's."),
                                 QStringLiteral("light|dark"));
  const QCommandLineOption suppressions(
      QStringLiteral("suppressions"),
      CommandLineText::tr(
          "Set leaks apart that FILE names, as heaptap report --suppressions does; may be repeated."),
      QStringLiteral("FILE"));
  const QCommandLineOption screenshot(
      QStringLiteral("screenshot"),
      CommandLineText::tr(
          "Paint the window into the PNG file once the session is there, without a display, and end."),
      QStringLiteral("PNG"));
  const QCommandLineOption size(QStringLiteral("size"),
                                CommandLineText::tr("The size of the screenshot (default: 1280x800)."),
                                QStringLiteral("WxH"));
  const QList<QCommandLineOption> known{collector, session, view,  at,           from,       to,  since,
                                        filter,    compare, theme, suppressions, screenshot, size};
  parser.addOptions(known);
  parser.addPositionalArgument(QStringLiteral("FILE"), CommandLineText::tr("Session files to show."),
                               QStringLiteral("[FILE…]"));
  if (!parser.parse(arguments)) return failure(Code::Usage, {}, parser.errorText().toStdString(), kSeeHelp);
  if (parser.isSet(help)) return Information{parser.helpText()};
  if (parser.isSet(version))
    return Information{QStringLiteral("heaptap-gui %1\n").arg(QCoreApplication::applicationVersion())};

  // In a script, an empty value mostly means that a variable was not set.
  for (const QCommandLineOption& option : known)
    if (parser.values(option).contains(QString()))
      return failure(Code::Usage, "--" + option.names().front().toStdString(), "its value is empty",
                     "leave it out, or say what it is to be");
  if (parser.positionalArguments().contains(QString()))
    return failure(Code::Usage, "FILE", "its name is empty", kSeeHelp);

  Options options;
  options.files = parser.positionalArguments();
  options.collector = parser.value(collector);
  options.session = parser.value(session);
  options.suppressions = parser.values(suppressions);
  options.screenshot = parser.value(screenshot);
  if (!options.files.isEmpty() && !options.collector.isEmpty())
    return failure(Code::Usage, {}, "files and --collector are given together", "give one of them");
  if (!options.session.isEmpty() && options.files.isEmpty() && options.collector.isEmpty())
    return failure(Code::Usage, "--session", "there is nothing to choose from", "give files or --collector");
  if (parser.isSet(view)) {
    options.view = parser.value(view);
    if (!viewCalled(options.view))
      return failure(Code::Usage, "--view " + parser.value(view).toStdString(), "there is no such view",
                     "give one of " + viewIds().toStdString());
  }
  auto time = timeOf(
      parser, {QStringLiteral("at"), QStringLiteral("from"), QStringLiteral("to"), QStringLiteral("since")});
  if (!time) return tl::unexpected(std::move(time.error()));
  options.time = *time;
  options.compare = parser.value(compare);
  if (!options.compare.isEmpty() && options.files.isEmpty() && options.collector.isEmpty())
    return failure(Code::Usage, "--compare", "there is no session to compare", "give a file or --collector");
  if (!options.compare.isEmpty() && options.view.isEmpty()) options.view = QStringLiteral("compare");
  for (const QString& words : parser.values(filter)) {
    const auto term = readTerm(words);
    if (const auto* const problem = std::get_if<FilterProblem>(&term))
      return failure(Code::Usage, "--filter " + words.toStdString(), problem->text.toStdString());
    options.filter = options.filter.with(std::get<FilterTerm>(term));
  }
  if (parser.isSet(theme)) {
    options.theme = themeCalled(parser.value(theme));
    if (!options.theme)
      return failure(Code::Usage, "--theme " + parser.value(theme).toStdString(), "there is no such theme",
                     "give light or dark");
  }
  if (!options.screenshot.isEmpty() && options.files.isEmpty() && options.collector.isEmpty())
    return failure(Code::Usage, "--screenshot", "there is nothing to show", "give a file or --collector");
  if (parser.isSet(size)) {
    const auto given = sizeOf(parser.value(size));
    if (!given || options.screenshot.isEmpty())
      return failure(Code::Usage, "--size " + parser.value(size).toStdString(),
                     given ? "only a screenshot has a size" : "not a size",
                     "give --screenshot PNG --size WxH, each of 1 to " + std::to_string(kLargestSide));
    options.screenshotSize = *given;
  }
  return options;
}

}  // namespace heaptap::gui
