// SPDX-License-Identifier: Apache-2.0
#include <QApplication>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/exit_status.h"
#include "base/version.h"
#include "gui/app/command_line.h"
#include "gui/app/viewer.h"
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

/// What the command line names; nothing when it names nothing.
Result<std::shared_ptr<gui::SessionSource>> sourceFor(const gui::Options& options) {
  if (!options.collector.isEmpty()) return gui::SessionSource::collector(options.collector);
  if (options.files.isEmpty()) return nullptr;
  auto source = gui::SessionSource::files();
  for (const QString& file : options.files)
    if (auto added = source->addFile(file); !added) return tl::unexpected(std::move(added.error()));
  return source;
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
    return EXIT_SUCCESS;
  }
  const auto& options = std::get<gui::Options>(*parsed);

  const QApplication application(argc, argv);
  auto source = sourceFor(options);
  if (!source) return fail(source.error());
  gui::MainWindow window;
  gui::Viewer viewer(window);
  if (*source) viewer.show(std::move(*source), options.session);
  window.show();
  return QApplication::exec();
}
