// SPDX-License-Identifier: Apache-2.0
#include "gui/views/findings/finding_panel.h"

#include <QVBoxLayout>
#include <utility>

#include "gui/models/quantity_text.h"

namespace heaptap::gui {
namespace {

std::vector<StackSection> stacksOf(const Finding& finding) {
  std::vector<StackSection> stacks;
  stacks.push_back({FindingPanel::tr("Freed by %1 at").arg(finding.freedBy), finding.free});
  if (finding.kind == FindingKind::DoubleFree)
    stacks.push_back({FindingPanel::tr("Freed before at"), finding.earlierFree});
  if (finding.size)
    stacks.push_back(
        {FindingPanel::tr("Allocated by %1, %2, at").arg(finding.allocatedBy, exactBytesText(*finding.size)),
         finding.allocation});
  return stacks;
}

QString capitalised(QString text) {
  if (!text.isEmpty()) text[0] = text[0].toUpper();
  return text;
}

}  // namespace

FindingPanel::FindingPanel(QWidget* parent)
    : QWidget(parent),
      m_title(new ElidedLabel(this)),
      m_circumstances(new ElidedLabel(this)),
      m_meaning(new QLabel(this)),
      m_stacks(new StackList(this)) {
  QFont bold = font();
  bold.setWeight(QFont::DemiBold);
  m_title->setFont(bold);
  m_circumstances->setMuted(true);
  m_meaning->setTextFormat(Qt::PlainText);
  m_meaning->setWordWrap(true);
  m_meaning->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_stacks->setAccessibleName(tr("Stacks of the finding"));
  m_stacks->setEmptyText(tr("Select a finding to see where the block was freed and allocated."));
  connect(m_stacks, &StackList::announced, this, &FindingPanel::announced);

  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(4);
  layout->addWidget(m_title);
  layout->addWidget(m_circumstances);
  layout->addWidget(m_meaning);
  layout->addWidget(m_stacks, 1);
}

void FindingPanel::showFinding(const Finding& finding) {
  m_title->setText(capitalised(finding.words));
  m_circumstances->setText(circumstancesText(finding));
  m_meaning->setText(meaningText(finding.kind));
  m_meaning->show();
  m_stacks->setSections(stacksOf(finding));
}

void FindingPanel::clear() {
  m_title->setText({});
  m_circumstances->setText({});
  m_meaning->hide();
  m_stacks->clear();
}

}  // namespace heaptap::gui
