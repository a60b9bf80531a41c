// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/loading_bar.h"

#include <QHBoxLayout>
#include <algorithm>
#include <chrono>

namespace heaptap::gui {
namespace {

using namespace std::chrono_literals;

constexpr auto kMoment = 300ms;
constexpr int kLoadingMargin = 12;
constexpr int kSteps = 1'000;
constexpr int kBarWidth = 160;

}  // namespace

LoadingBar::LoadingBar(QWidget* parent)
    : QWidget(parent),
      m_text(new ElidedLabel(this)),
      m_progress(new QProgressBar(this)),
      m_cancel(new QPushButton(tr("Cancel"), this)) {
  m_progress->setTextVisible(false);
  m_progress->setMaximumWidth(kBarWidth);
  m_progress->setAccessibleName(tr("Progress"));
  m_cancel->setAutoDefault(false);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(kLoadingMargin, kLoadingMargin / 2, kLoadingMargin, kLoadingMargin / 2);
  layout->addWidget(m_text, 1);
  layout->addWidget(m_progress);
  layout->addWidget(m_cancel);
  m_wait.setSingleShot(true);
  m_wait.setInterval(kMoment);
  connect(&m_wait, &QTimer::timeout, this, &QWidget::show);
  connect(m_cancel, &QPushButton::clicked, this, &LoadingBar::cancelWanted);
  hide();
}

void LoadingBar::begin(const QString& what) {
  m_isGoingOn = true;
  m_text->setText(what);
  setAccessibleName(what);
  m_progress->setRange(0, 0);
  if (isHidden()) m_wait.start();
}

void LoadingBar::setProgress(double share) {
  if (!m_isGoingOn) return;
  m_progress->setRange(0, kSteps);
  m_progress->setValue(static_cast<int>(std::clamp(share, 0.0, 1.0) * kSteps));
}

void LoadingBar::end() {
  m_isGoingOn = false;
  m_wait.stop();
  hide();
}

}  // namespace heaptap::gui
