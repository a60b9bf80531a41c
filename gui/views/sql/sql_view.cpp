// SPDX-License-Identifier: Apache-2.0
#include "gui/views/sql/sql_view.h"

#include <QFontDatabase>
#include <QHeaderView>
#include <QKeyEvent>
#include <QVBoxLayout>

#include "gui/models/quantity_text.h"
#include "gui/models/sql/sql_examples.h"
#include "gui/models/trees/tree_text.h"
#include "gui/views/measures.h"

namespace heaptap::gui {
namespace {

constexpr int kLeastEditorLines = 3;
constexpr int kEditorMargin = 12;
constexpr int kRowsShare = 3;
constexpr int kMeasuredRows = 100;
constexpr int kWidestColumn = 60;
constexpr qsizetype kMostOfAStatement = 1 << 20;

}  // namespace

SqlView::SqlView(QWidget* parent)
    : View(parent),
      m_editor(new QPlainTextEdit(this)),
      m_table(new DataTable(this)),
      m_parts(new QSplitter(Qt::Vertical)),
      m_examples(new QMenu(this)),
      m_history(new QMenu(this)),
      m_run(new QPushButton(tr("Run"), this)),
      m_stop(new QPushButton(tr("Stop"), this)),
      m_export(new QPushButton(tr("Export CSV…"), this)),
      m_about(new ElidedLabel(this)) {
  m_editor->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  m_editor->setLineWrapMode(QPlainTextEdit::NoWrap);
  m_editor->setTabChangesFocus(true);
  m_editor->setAccessibleName(tr("Statements"));
  m_editor->setPlaceholderText(tr("SELECT … (Ctrl+Enter runs)"));
  m_editor->installEventFilter(this);
  m_run->setToolTip(tr("Runs the statements (Ctrl+Enter)."));
  m_stop->setToolTip(tr("Ends the statement that runs (Escape)."));
  m_export->setToolTip(tr("Writes all rows to a file, in the order shown."));
  m_table->setAccessibleName(tr("Rows"));
  m_table->setModel(&m_model);
  m_table->setSortingEnabled(true);
  m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
  m_table->installEventFilter(this);
  m_about->setMuted(true);
  lay();
  fillExamples();
  connectParts();
  if (!sqlExamples().empty()) m_editor->setPlainText(sqlExamples().front().statement);
}

void SqlView::lay() {
  // The menu opens without waiting in there for a choice.
  const auto menuButton = [this](const QString& text, QMenu* menu) {
    auto* button = new QPushButton(text + QStringLiteral(" ▾"), this);
    button->setAccessibleName(text);
    connect(button, &QPushButton::clicked, menu,
            [button, menu] { menu->popup(button->mapToGlobal(QPoint(0, button->height()))); });
    return button;
  };
  auto* const above = new QHBoxLayout;
  above->setSpacing(measure::kSpacing / 2);
  above->addWidget(m_run);
  above->addWidget(m_stop);
  above->addWidget(menuButton(tr("Examples"), m_examples));
  above->addWidget(menuButton(tr("History"), m_history));
  above->addWidget(m_export);
  above->addStretch(1);
  m_parts->setObjectName(QStringLiteral("sqlParts"));
  m_parts->setChildrenCollapsible(false);
  m_parts->setHandleWidth(measure::kSpacing);
  m_parts->addWidget(m_editor);
  auto* const below = new QWidget;
  auto* const rows = new QVBoxLayout(below);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(measure::kSpacing / 2);
  rows->addWidget(m_about);
  rows->addWidget(m_table, 1);
  m_parts->addWidget(below);
  m_editor->setMinimumHeight(kLeastEditorLines * m_editor->fontMetrics().lineSpacing() + kEditorMargin);
  m_parts->setStretchFactor(0, 1);
  m_parts->setStretchFactor(1, kRowsShare);
  m_parts->setSizes({measure::kShare, kRowsShare * measure::kShare});
  auto* const whole = new QWidget(this);
  auto* const column = new QVBoxLayout(whole);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(measure::kSpacing / 2);
  column->addLayout(above);
  column->addWidget(m_parts, 1);
  setWidget(whole);
}

void SqlView::connectParts() {
  connect(m_run, &QPushButton::clicked, this, &SqlView::run);
  connect(m_stop, &QPushButton::clicked, this, &SqlView::stop);
  connect(m_export, &QPushButton::clicked, this, &SqlView::askForFile);
  connect(m_history, &QMenu::aboutToShow, this, &SqlView::fillHistory);
}

QList<QWidget*> SqlView::keyOrder() {
  QList<QWidget*> order{m_editor, m_run, m_stop};
  for (QPushButton* button : findChildren<QPushButton*>())
    if (!order.contains(button)) order << button;
  return order << m_table;
}

void SqlView::bound() {
  connect(&store().sql(), &AskedSignals::answered, this, &SqlView::showAnswer);
  connect(&store(), &SessionStore::begun, this, [this] { m_wasStopped = false; });
  connect(&store(), &SessionStore::summaryChanged, this, &SqlView::wantWhatIsNew);
  showAnswer();
}

void SqlView::becomeCurrent() {
  m_isCurrent = true;
  selection().setSites({});
  wantWhatIsNew();
}

/// Of a session that nothing was asked of yet, the first example; whatever the user has written is run when
/// the user says so.
void SqlView::wantWhatIsNew() {
  if (!m_isCurrent || m_wasStopped || !store().summary() || store().sql().wish()) return;
  const bool isUntouched =
      !sqlExamples().empty() && m_editor->toPlainText() == sqlExamples().front().statement;
  want(isUntouched ? m_editor->toPlainText() : QString());
}

void SqlView::want(const QString& statements) {
  m_wasStopped = false;
  store().sql().want(SqlWish{.statements = statements, .turn = ++m_turn});
}

void SqlView::run() {
  const QString statements = m_editor->toPlainText();
  if (statements.trimmed().isEmpty() || !store().summary()) return;
  if (statements.size() > kMostOfAStatement)
    return m_about->setText(tr("Statements of more than 1 MiB are not run."));
  remember(statements);
  want(statements);
}

void SqlView::stop() {
  if (!isRunning()) return;
  m_wasStopped = true;
  store().sql().want(std::nullopt);
}

bool SqlView::isRunning() const {
  const auto& asked = store().sql();
  return asked.wish() && !asked.isCurrent() && asked.problem().isEmpty();
}

bool SqlView::isSettled() const { return store().sql().wish() && !isRunning(); }

bool SqlView::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride)
    return View::eventFilter(watched, event);
  const auto& key = static_cast<const QKeyEvent&>(*event);
  const bool isRun = (key.key() == Qt::Key_Return || key.key() == Qt::Key_Enter) &&
                     key.modifiers().testFlag(Qt::ControlModifier);
  const bool isStop = key.key() == Qt::Key_Escape && isRunning();
  if (!isRun && !isStop) return View::eventFilter(watched, event);
  event->accept();
  if (event->type() == QEvent::KeyPress) isRun ? run() : stop();
  return true;
}

QString SqlView::aboutText(const SqlResult& result) const {
  if (!result.problem.isEmpty()) return result.problem;
  if (store().sql().wish()->statements.isEmpty()) return {};
  QString text = result.isCut ? tr("the first %1").arg(numberOfText(result.rows.size(), Noun::Row))
                              : numberOfText(result.rows.size(), Noun::Row);
  text += tr(" in %1").arg(durationText(result.tookNs));
  if (result.isCut) text += tr("; there are more: add conditions, or use heaptap query");
  if (result.missingEvents > 0)
    text += QStringLiteral("  ·  ") +
            tr("%1 were counted, but are not stored").arg(numberOfText(result.missingEvents, Noun::Event));
  return text;
}

void SqlView::showAnswer() {
  const auto& asked = store().sql();
  m_stop->setEnabled(isRunning());
  m_run->setEnabled(!isRunning());
  if (isRunning()) {
    m_about->setText(tr("Running… (Escape stops)"));
  } else {
    const SqlResult* known = asked.known();
    m_model.setResult(known != nullptr ? *known : SqlResult());
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    fitColumns();
    m_about->setText(known != nullptr ? aboutText(*known) : m_wasStopped ? tr("Stopped.") : asked.problem());
    m_about->setMuted(known == nullptr || known->problem.isEmpty());
  }
  m_export->setEnabled(m_model.rowCount() > 0);
  m_table->setEmptyText(m_model.columnCount() == 0 ? QString() : tr("No rows."));
}

/// As wide as the first rows need, within limits; what is longer ends in `…`.
void SqlView::fitColumns() {
  for (int column = 0; column < m_model.columnCount(); ++column) {
    qsizetype digits = m_model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString().size() + 3;
    for (int row = 0; row < std::min(kMeasuredRows, m_model.rowCount()); ++row)
      digits = std::max(digits, m_model.index(row, column).data().toString().size() + 2);
    m_table->setColumnDigits(column, static_cast<int>(std::min<qsizetype>(digits, kWidestColumn)));
  }
}

void SqlView::fillExamples() {
  for (const SqlExample& example : sqlExamples())
    connect(m_examples->addAction(oneLine(example.question, 100)), &QAction::triggered, this,
            [this, statement = example.statement] { use(statement); });
}

void SqlView::use(const QString& statements) {
  m_editor->setPlainText(statements);
  m_editor->setFocus();
  run();
}

}  // namespace heaptap::gui
