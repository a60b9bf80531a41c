// SPDX-License-Identifier: Apache-2.0
// How fast the flame graph and the call tree are painted:
//   trees_bench [NODES [FRAMES]]
// A tree of NODES nodes, some 40 deep, in a window of 1920 × 1080; each frame of the flame graph is zoomed by
// the wheel at another place, each frame of the call tree is scrolled by a page.
#include <time.h>

#include <QApplication>
#include <QPixmap>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <queue>
#include <random>
#include <utility>
#include <vector>

#include "gui/views/call_tree/call_tree_panel.h"
#include "gui/views/flame_graph/flame_graph_panel.h"
#include "tests/gui/site_set.h"

namespace {

namespace gui = heaptap::gui;

constexpr quint32 kFunctions = 40'000;
constexpr int kLimitMs = 120'000;

/// A tree that is made at random, and names as long as those of C++.
class RandomSites : public gui::test::SiteList {
 public:
  explicit RandomSites(quint32 nodes) : SiteList(std::vector<gui::Site>()), m_nodes(nodes) {}

  [[nodiscard]] gui::CostTreePtr tree(const gui::TreeQuery&, const std::stop_token&) const override {
    std::mt19937_64 random(7);
    gui::CostTree::Builder tree(1ULL << 40U);
    tree.reserve(m_nodes);
    // The largest first, so that there is as much to be seen as there can be.
    std::priority_queue<std::pair<quint64, quint32>> pending;
    pending.emplace(tree.node(gui::CostTree::kRoot).total, gui::CostTree::kRoot);
    while (!pending.empty() && tree.size() < m_nodes) {
      const auto [whole, node] = pending.top();
      pending.pop();
      quint64 left = whole - whole / 64;
      std::vector<gui::CostTree::Child> children;
      const quint64 count = random() % 16 == 0 ? 2 + random() % 40 : 1 + random() % 2;
      for (quint64 i = 0; i < count && left > 1; ++i) {
        const quint64 total = i + 1 == count ? left : 1 + random() % (left / 2 + 1);
        children.push_back({.function = static_cast<quint32>(random() % kFunctions), .total = total});
        left -= total;
      }
      const auto added = static_cast<quint32>(children.size());
      const quint32 first = tree.addChildren(node, std::move(children));
      for (quint32 child = first; child < first + added; ++child)
        pending.emplace(tree.node(child).total, child);
    }
    return tree.build();
  }
  [[nodiscard]] gui::FunctionLabel function(quint32 id) const override {
    gui::FunctionLabel label;
    label.spoken = QStringLiteral("library::detail::Container<…>::step%1").arg(id);
    label.name = label.spoken + QStringLiteral("(library::Context const&, unsigned long)");
    label.module = QStringLiteral("/usr/lib/libmodule%1.so").arg(id % 12);
    label.kind = id % 3 == 0 ? gui::CodeKind::CppRuntime : gui::CodeKind::Program;
    return label;
  }

 private:
  quint32 m_nodes;
};

/// Of this thread, so that a busy machine disturbs little. Units: milliseconds.
double cpuTime() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

/// Times of frames. Units: milliseconds of CPU.
class Frames {
 public:
  template <class Frame>
  void measure(const Frame& frame) {
    const double before = cpuTime();
    frame();
    m_times.push_back(cpuTime() - before);
  }
  void print(const char* what) {
    std::sort(m_times.begin(), m_times.end());
    const double median = m_times[m_times.size() / 2];
    std::printf(
        "%-28s %6.2f ms a frame (median), %6.2f ms (one in 20), %6.2f ms at most: %.0f frames a second\n",
        what, median, m_times[m_times.size() * 19 / 20], m_times.back(), 1'000 / median);
  }

 private:
  std::vector<double> m_times;
};

void settle(gui::TreePanel& panel, const gui::Sites& sites) {
  panel.resize(1920, 1080);
  panel.show();
  panel.setSites(sites);
  if (!QTest::qWaitFor([&] { return panel.source().tree() && !panel.source().isWorking(); }, kLimitMs))
    std::abort();
}

void flameGraph(const gui::Sites& sites, int frames) {
  gui::FlameGraphPanel panel;
  settle(panel, sites);
  gui::FlameGraph& graph = panel.graph();
  QPixmap canvas(graph.viewport()->size());
  const double before = cpuTime();
  graph.viewport()->render(&canvas);
  std::printf("%zu nodes, %u deep; %zu boxes seen in %zu rows; first frame %.1f ms\n",
              panel.source().tree()->nodes().size(), panel.source().tree()->depth(),
              graph.boxes().boxes().size(), graph.boxes().rows(), cpuTime() - before);
  Frames times;
  std::mt19937 random(3);
  for (int i = 0; i < frames; ++i) {
    const double share = static_cast<double>(random() % 1'000) / 1'000;
    times.measure([&] {
      graph.zoomBy(i % 40 < 20 ? 0.8 : 1.25, share);
      graph.viewport()->render(&canvas);
    });
  }
  times.print("flame graph, zoomed");
}

void callTree(const gui::Sites& sites, int frames) {
  gui::CallTreePanel panel;
  settle(panel, sites);
  gui::CallTreeTable& tree = panel.tree();
  for (quint32 node = 1; node < 2'000 && node < panel.source().tree()->nodes().size(); ++node)
    tree.expand(tree.rows().indexOf(node));
  QPixmap canvas(tree.viewport()->size());
  tree.viewport()->render(&canvas);
  Frames times;
  for (int i = 0; i < frames; ++i)
    times.measure([&] {
      QScrollBar* const bar = tree.verticalScrollBar();
      bar->setValue(bar->value() >= bar->maximum() ? 0 : bar->value() + bar->pageStep());
      tree.viewport()->render(&canvas);
    });
  times.print("call tree, scrolled");
}

}  // namespace

int main(int argc, char** argv) {
  const int nodes = argc > 1 ? std::atoi(argv[1]) : 600'000;
  const int frames = argc > 2 ? std::atoi(argv[2]) : 400;
  qputenv("QT_QPA_PLATFORM", "offscreen");
  const QTemporaryDir settings;  // None of the user who measures.
  qputenv("XDG_CONFIG_HOME", settings.path().toLocal8Bit());
  const QApplication application(argc, argv);
  const auto sites = std::make_shared<const RandomSites>(static_cast<quint32>(nodes));
  flameGraph(sites, frames);
  callTree(sites, frames);
  return EXIT_SUCCESS;
}
