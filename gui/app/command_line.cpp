// SPDX-License-Identifier: Apache-2.0
#include "gui/app/command_line.h"

#include <QCommandLineParser>
#include <QCoreApplication>

namespace heaptap::gui {
namespace {

constexpr const char* kSeeHelp = "see heaptap-gui --help";

}  // namespace

Result<std::variant<Options, Information>> parseCommandLine(const QStringList& arguments) {
  QCommandLineParser parser;
  parser.setApplicationDescription(
      QStringLiteral("Shows recorded heap sessions: from files, or live from a collector."));
  const auto help = parser.addHelpOption();
  const auto version = parser.addVersionOption();
  const QCommandLineOption collector(
      QStringLiteral("collector"), QStringLiteral("Attach to the heaptapd at ADDR: unix:PATH or HOST:PORT."),
      QStringLiteral("ADDR"));
  const QCommandLineOption session(QStringLiteral("session"),
                                   QStringLiteral("Show the session whose id starts with PREFIX."),
                                   QStringLiteral("PREFIX"));
  parser.addOption(collector);
  parser.addOption(session);
  parser.addPositionalArgument(QStringLiteral("FILE"), QStringLiteral("Session files to show."),
                               QStringLiteral("[FILE…]"));
  if (!parser.parse(arguments)) return failure(Code::Usage, {}, parser.errorText().toStdString(), kSeeHelp);
  if (parser.isSet(help)) return Information{parser.helpText()};
  if (parser.isSet(version))
    return Information{QStringLiteral("heaptap-gui %1\n").arg(QCoreApplication::applicationVersion())};

  Options options{parser.positionalArguments(), parser.value(collector), parser.value(session)};
  if (parser.isSet(collector) && options.collector.isEmpty())
    return failure(Code::Usage, "--collector", "no address is given", kSeeHelp);
  if (!options.files.isEmpty() && !options.collector.isEmpty())
    return failure(Code::Usage, {}, "files and --collector are given together", "give one of them");
  if (!options.session.isEmpty() && options.files.isEmpty() && options.collector.isEmpty())
    return failure(Code::Usage, "--session", "there is nothing to choose from", "give files or --collector");
  return options;
}

}  // namespace heaptap::gui
