// SPDX-License-Identifier: Apache-2.0
// What the viewer costs with recorded sessions, offscreen:
//   open_bench FILE [OTHER]
// Until the first numbers stand, until all of it is shown, memory; choosing OTHER, and back; how long a frame
// takes while the timeline is dragged, and while a flame graph is zoomed. Reading the file's pages from the
// disk is not part of it.
#include <QApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>
#include <QWheelEvent>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "bench/resident_memory.h"
#include "gui/app/viewer.h"
#include "gui/views/flame_graph/flame_graph.h"
#include "gui/views/timeline/timeline_canvas.h"
#include "rpc/silence.h"
#include "tests/gui/all_views.h"

namespace {

namespace gui = heaptap::gui;

constexpr int kLimitMs = 300'000;
constexpr int kFrames = 300;

double secondsOf(const QElapsedTimer& clock) { return 1e-9 * static_cast<double>(clock.nsecsElapsed()); }

template <class Condition>
void awaitOrEnd(const char* what, Condition condition) {
  if (QTest::qWaitFor(condition, kLimitMs)) return;
  std::fprintf(stderr, "open_bench: %s: waited for %d s\n", what, kLimitMs / 1000);
  std::exit(EXIT_FAILURE);
}

/// Calls `step` as often as there are frames, and paints `widget` after each.
template <class Step>
void measureFrames(const char* name, QWidget& widget, Step step) {
  std::vector<double> times;
  QElapsedTimer clock;
  for (int frame = 0; frame < kFrames; ++frame) {
    clock.start();
    step(frame);
    widget.repaint();
    QApplication::processEvents();
    times.push_back(1e3 * secondsOf(clock));
  }
  std::sort(times.begin(), times.end());
  const auto at = [&](double share) { return times[static_cast<std::size_t>(share * (kFrames - 1))]; };
  std::printf("%-22s %6.2f ms a frame in the median, %.2f of 95 in 100, %.2f at most\n", name, at(0.5),
              at(0.95), at(1));
}

void dragTimeline(gui::MainWindow& window) {
  auto* const canvas = window.findChild<gui::TimelineCanvas*>();
  if (canvas == nullptr) return;
  const QPointF middle(canvas->width() / 2.0, canvas->height() / 2.0);
  const auto wheel = [&](QWidget& at, const QPointF& place, int steps) {
    QWheelEvent event(place, at.mapToGlobal(place), {}, {0, 120 * steps}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(&at, &event);
  };
  for (int i = 0; i < 12; ++i) wheel(*canvas, middle, 1);
  awaitOrEnd("the timeline", [&] { return window.session().isSettled(); });
  QTest::mousePress(canvas, Qt::MiddleButton, {}, middle.toPoint());
  measureFrames("timeline, dragged", *canvas, [&](int frame) {
    const int x =
        canvas->width() / 2 + (frame % 100 < 50 ? frame % 50 : 50 - frame % 50) * canvas->width() / 150;
    QTest::mouseMove(canvas, {x, canvas->height() / 2});
  });
  QTest::mouseRelease(canvas, Qt::MiddleButton, {}, middle.toPoint());
  measureFrames("timeline, zoomed", *canvas,
                [&](int frame) { wheel(*canvas, middle, frame % 40 < 20 ? -1 : 1); });
  window.session().showView(QStringLiteral("flame-graph"));
  awaitOrEnd("the flame graph", [&] { return window.session().isSettled(); });
  auto* const graph = window.findChild<gui::FlameGraph*>();
  if (graph == nullptr) return;
  QWidget& area = *graph->viewport();
  measureFrames("flame graph, zoomed", area, [&](int frame) {
    wheel(area, QPointF(area.width() / 3.0, area.height() / 2.0), frame % 40 < 20 ? 1 : -1);
  });
}

int measure(const QStringList& files) {
  const double before = heaptap::bench::residentMemory().first;
  QElapsedTimer clock;
  clock.start();
  gui::MainWindow window;
  gui::Viewer viewer(window);
  window.resize(1280, 800);
  window.show();
  viewer.openFiles(files);
  const auto& store = window.store();
  awaitOrEnd("the first numbers", [&] { return window.showsSession() && store.summary().has_value(); });
  window.grab();
  std::printf("%-22s %6.2f s\n", "first numbers", secondsOf(clock));
  awaitOrEnd("all of it", [&] { return store.isFinished() && window.session().isSettled(); });
  window.grab();
  std::printf("%-22s %6.2f s, %d call sites\n", "all of it shown", secondsOf(clock),
              window.session().view<gui::CallSitesView>().table().model()->rowCount());
  std::printf("%-22s %6.0f MiB, %.0f at most; %.0f before\n", "memory",
              heaptap::bench::residentMemory().first, heaptap::bench::residentMemory().second, before);
  for (int turn = 0; files.size() > 1 && turn < 4; ++turn) {
    const QString id = window.sessions().at(turn % 2 == 0 ? 1 : 0).id;
    const QString wanted = store.session().id == id ? window.sessions().at(turn % 2 == 0 ? 0 : 1).id : id;
    clock.restart();
    window.sessionList().setCurrentIndex(window.sessions().index(window.sessions().rowOf(wanted)));
    awaitOrEnd("the other session",
               [&] { return store.session().id == wanted && store.summary().has_value(); });
    window.session().header().grab();
    const double header = secondsOf(clock);
    awaitOrEnd("all of the other", [&] { return store.isFinished() && window.session().isSettled(); });
    std::printf("%-22s %6.2f s to the header, %.2f to all of it\n", "another session", header,
                secondsOf(clock));
  }
  dragTimeline(window);
  std::printf("%-22s %6.0f MiB, %.0f at most\n", "memory", heaptap::bench::residentMemory().first,
              heaptap::bench::residentMemory().second);
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  heaptap::rpc::silence();
  qputenv("QT_QPA_PLATFORM", "offscreen");
  const QTemporaryDir settings;  // None of the user who measures.
  qputenv("XDG_CONFIG_HOME", settings.path().toLocal8Bit());
  const QApplication application(argc, argv);
  if (argc < 2 || argc > 3) {
    std::fputs("usage: open_bench FILE [OTHER]\n", stderr);
    return EXIT_FAILURE;
  }
  return measure(QApplication::arguments().mid(1));
}
