// SPDX-License-Identifier: Apache-2.0
#include "gui/views/flame_graph/flame_graph_panel.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QSettings>
#include <algorithm>

namespace heaptap::gui {
namespace {

constexpr int kDistance = 14;  // Between the read-out and the legend.
constexpr std::size_t kMostSteps = 64;
constexpr const char* kFlameKey = "flame-graph/flame";
constexpr const char* kModulesKey = "flame-graph/modules";

}  // namespace

FlameGraphPanel::FlameGraphPanel(QWidget* parent)
    : TreePanel(parent),
      m_graph(new FlameGraph(source(), this)),
      m_way(new Breadcrumbs(this)),
      m_readOut(new ElidedLabel(this)),
      m_legend(new Legend(this)),
      m_options(new QMenu(this)) {
  addOptions();
  m_readOut->setMuted(true);
  add(m_way, 0);
  add(m_graph, 1);
  auto* const below = new QHBoxLayout;
  below->setContentsMargins(0, 0, 0, 0);
  below->setSpacing(kDistance);
  below->addWidget(m_readOut, 3);
  below->addWidget(m_legend, 2);
  add(below);
  setFocusProxy(m_graph);
  connect(m_graph, &FlameGraph::functionChosen, this, &TreePanel::functionChosen);
  connect(m_graph, &FlameGraph::nodeActivated, this, &TreePanel::nodeActivated);
  connect(m_graph, &FlameGraph::menuOpening, this, &TreePanel::menuOpening);
  connect(m_graph, &FlameGraph::zoomChanged, this, &FlameGraphPanel::showWay);
  connect(m_graph, &FlameGraph::readOutChanged, this, [this] { m_readOut->setText(m_graph->readOut()); });
  connect(m_graph, &FlameGraph::legendChanged, this, [this] { m_legend->setMeanings(m_graph->legend()); });
  connect(&source(), &TreeSource::treeChanged, this, &FlameGraphPanel::chooseColours);
  connect(m_way, &Breadcrumbs::chosen, this, [this](quint32 node) {
    m_graph->zoomTo(node);
    m_graph->setFocus();
  });
}

void FlameGraphPanel::addOptions() {
  auto* const button = new QPushButton;
  button->setText(tr("Look"));
  button->setAccessibleName(tr("How the flame graph looks"));
  button->setToolTip(tr("Which way it grows, and what colours mean."));
  button->setMenu(m_options);
  controls().add(button);
  const QSettings settings;
  const bool isFlame = settings.value(kFlameKey, false).toBool();
  const bool isByModule = settings.value(kModulesKey, false).toBool();
  const auto choice = [this](QActionGroup* group, const QString& text, bool isChosen, const auto& action) {
    QAction* const added = m_options->addAction(text);
    added->setCheckable(true);
    added->setActionGroup(group);
    added->setChecked(isChosen);
    connect(added, &QAction::triggered, this, action);
  };
  // Only what the user chooses is remembered.
  const auto grow = [this](bool isFlameNow) {
    m_graph->setRootAbove(!isFlameNow);
    QSettings().setValue(kFlameKey, isFlameNow);
  };
  auto* const growth = new QActionGroup(this);
  choice(growth, tr("&Icicle: the Root Above"), !isFlame, [grow] { grow(false); });
  choice(growth, tr("&Flame: the Root Below"), isFlame, [grow] { grow(true); });
  m_graph->setRootAbove(!isFlame);
  m_options->addSeparator();
  const auto colour = [this](FlameColouring colouring) {
    m_isByChange = colouring == FlameColouring::Change;
    if (!m_isByChange) QSettings().setValue(kModulesKey, colouring == FlameColouring::Module);
    chooseColours();
  };
  auto* const colours = new QActionGroup(this);
  m_colours = colours;
  choice(colours, tr("Colours by Kind of &Code"), !isByModule, [colour] { colour(FlameColouring::Kind); });
  choice(colours, tr("Colours by &Module"), isByModule, [colour] { colour(FlameColouring::Module); });
  choice(colours, tr("Colours by C&hange since A"), false, [colour] { colour(FlameColouring::Change); });
  m_byChange = colours->actions().last();
  m_byChange->setToolTip(tr("Choose a stretch of time, and there “at B, with the change since A”."));
  m_options->setToolTipsVisible(true);
  chooseColours();
}

void FlameGraphPanel::chooseColours() {
  const bool isByModule = QSettings().value(kModulesKey, false).toBool();
  const bool hasEarlier = source().before() != nullptr;
  const auto colouring = hasEarlier && m_isByChange ? FlameColouring::Change
                         : isByModule               ? FlameColouring::Module
                                                    : FlameColouring::Kind;
  m_byChange->setEnabled(hasEarlier);
  // In the order in which they were added.
  m_colours->actions().at(static_cast<int>(colouring))->setChecked(true);
  if (colouring != m_graph->colouring()) m_graph->setColouring(colouring);
}

void FlameGraphPanel::showWay() {
  std::vector<Breadcrumbs::Step> steps;
  const CostTreePtr& tree = source().tree();
  if (tree && tree->total() > 0) {
    const auto add = [&](quint32 node) {
      steps.push_back(
          {.node = node, .name = oneLine(source().labels().of(tree->node(node).function).spoken)});
    };
    for (quint32 node = m_graph->zoom().node(); node != CostTree::kRoot && steps.size() < kMostSteps;
         node = tree->node(node).parent)
      add(node);
    add(CostTree::kRoot);
    std::reverse(steps.begin(), steps.end());
    const TreeWords words = source().words();
    steps.front().name += QStringLiteral(", %1 %2").arg(
        treeCostText(tree->total(), words.query.cost, words.isEstimate), treeCostWord(words.query.cost));
  }
  m_way->setSteps(std::move(steps));
}

}  // namespace heaptap::gui
