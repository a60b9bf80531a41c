// SPDX-License-Identifier: Apache-2.0
#include <QApplication>
#include <QIcon>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "base/exit_status.h"
#include "base/version.h"
#include "gui/app/command_line.h"
#include "gui/app/file_opener.h"
#include "gui/app/screenshot.h"
#include "gui/app/suppressions.h"
#include "gui/app/viewer.h"
#include "gui/views/compare/compare_view.h"
#include "rpc/silence.h"

namespace {

using heaptap::Error;
using heaptap::Result;
namespace gui = heaptap::gui;

int fail(const Error& error) {
  const QString line = QString::fromStdString(error.line()).simplified();
  std::fprintf(stderr, "heaptap-gui: %s\n", line.toLocal8Bit().constData());
  return heaptap::exitStatus(error.code);
}

/// What the command line names.
struct Named {
  std::shared_ptr<gui::SessionSource> source;  ///< Null: nothing.
  QStringList files;                           ///< Of it.
  std::vector<Error> errors;                   ///< Of other files.
};

/// Errors: those of a collector; of the first file, where none can be opened, or where all are needed.
Result<Named> namedBy(const gui::Options& options) {
  Named named;
  if (!options.collector.isEmpty()) {
    auto source = gui::SessionSource::collector(options.collector);
    if (!source) return tl::unexpected(std::move(source.error()));
    named.source = std::move(*source);
    return named;
  }
  if (options.files.isEmpty()) return named;
  named.source = gui::SessionSource::files();
  for (const QString& file : options.files) {
    if (auto added = named.source->addFile(file); !added)
      named.errors.push_back(std::move(added.error()));
    else
      named.files << file;
  }
  const bool isAllNeeded = !options.screenshot.isEmpty();
  if (!named.errors.empty() && (named.files.isEmpty() || isAllNeeded))
    return tl::unexpected(std::move(named.errors.front()));
  return named;
}

/// Shows the window, or paints it into a file; returns the exit status.
int showWindow(const gui::Options& options, Named named, gui::Suppressions suppressions) {
  gui::MainWindow window;
  gui::Viewer viewer(window);
  viewer.judgeBy(std::move(suppressions));
  std::optional<gui::Screenshot> screenshot;
  if (!options.screenshot.isEmpty()) {
    window.setAttribute(Qt::WA_DontShowOnScreen);
    window.resize(options.screenshotSize);
    screenshot.emplace(viewer, window, options.screenshot, options.view, [](const Result<void>& outcome) {
      QCoreApplication::exit(outcome ? EXIT_SUCCESS : fail(outcome.error()));
    });
  } else if (!options.view.isEmpty()) {
    window.session().showView(options.view);
    // And once more when there is something to look at: a view may show what is selected, as by a filter.
    QObject::connect(
        &viewer, &gui::Viewer::shown, &window, [&] { window.session().showView(options.view); },
        static_cast<Qt::ConnectionType>(Qt::QueuedConnection | Qt::SingleShotConnection));
  }
  if (!options.compare.isEmpty())
    window.session().view<gui::CompareView>().compareWith(
        gui::comparedSide(options.compare, !options.collector.isEmpty()));
  window.session().selection().setFilter(options.filter);
  if (!options.time.isEmpty()) window.session().expectTime(options.time);
  if (!named.files.isEmpty()) {
    viewer.showFiles(std::move(named.source), options.session, named.files, named.errors);
  } else if (named.source) {
    window.remember({.kind = gui::RecentPlace::Kind::Collector, .place = options.collector});
    viewer.show(std::move(named.source), options.session);
  }
  window.show();
  return QApplication::exec();
}

}  // namespace

int main(int argc, char** argv) {
  heaptap::rpc::silence();
  QCoreApplication::setOrganizationName(QStringLiteral("heaptap"));
  QCoreApplication::setApplicationName(QStringLiteral("heaptap-gui"));
  QCoreApplication::setApplicationVersion(QString::fromLatin1(heaptap::kVersion));

  // Read without a window system, so that the help and mistakes need none.
  const auto parsed = [&] {
    const QCoreApplication application(argc, argv);
    return gui::parseCommandLine(QCoreApplication::arguments());
  }();
  if (!parsed) return fail(parsed.error());
  if (const auto* information = std::get_if<gui::Information>(&*parsed)) {
    std::fputs(information->text.toLocal8Bit().constData(), stdout);
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return EXIT_SUCCESS;
    return fail({heaptap::Code::NotWritable, "standard output", "could not be written", {}});
  }
  const auto& options = std::get<gui::Options>(*parsed);

  if (!options.screenshot.isEmpty()) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    // A picture does not depend on the settings of the user who makes it.
    QCoreApplication::setApplicationName(QStringLiteral("heaptap-gui-screenshot"));
    if (qEnvironmentVariableIsEmpty("HEAPTAP_OWN_CODE")) qputenv("HEAPTAP_OWN_CODE", "");
    // Without a display, Qt warns of what a window could do on one.
    qInstallMessageHandler([](QtMsgType type, const QMessageLogContext&, const QString& text) {
      if (type == QtCriticalMsg || type == QtFatalMsg) std::fprintf(stderr, "%s\n", qPrintable(text));
    });
  }
  const QApplication application(argc, argv);
  QGuiApplication::setDesktopFileName(QStringLiteral("org.heaptap.Heaptap"));
  QGuiApplication::setWindowIcon(QIcon::fromTheme(QStringLiteral("heaptap")));
  if (const auto theme = options.theme                  ? options.theme
                         : options.screenshot.isEmpty() ? std::nullopt
                                                        : std::optional(gui::Theme::Light))
    gui::apply(*theme);
  else
    QApplication::setPalette(gui::readable(QApplication::palette()));
  auto suppressions = gui::readSuppressions(options.suppressions);
  if (!suppressions) return fail(suppressions.error());
  auto named = namedBy(options);
  if (!named) return fail(named.error());
  return showWindow(options, std::move(*named), std::move(*suppressions));
}
