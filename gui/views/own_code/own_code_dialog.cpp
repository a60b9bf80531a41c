// SPDX-License-Identifier: Apache-2.0
#include "gui/views/own_code/own_code_dialog.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

#include "gui/views/measures.h"

namespace heaptap::gui {
namespace {

constexpr QSize kOwnCodeSize(620, 420);

}  // namespace

OwnCodeDialog::OwnCodeDialog(const QString& file, const QString& text, QWidget* parent)
    : QDialog(parent),
      m_lines(new QListWidget(this)),
      m_line(new QLineEdit(this)),
      m_add(new QPushButton(tr("&Add"), this)),
      m_remove(new QPushButton(tr("&Remove"), this)),
      m_problem(new QLabel(this)) {
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Own Code"));
  resize(kOwnCodeSize);
  lay(file);
  for (const QString& line : text.split('\n'))
    if (!line.trimmed().isEmpty()) append(line);
  connect(m_add, &QPushButton::clicked, this, &OwnCodeDialog::addLine);
  connect(m_remove, &QPushButton::clicked, this, &OwnCodeDialog::removeLines);
  const auto enable = [this] {
    m_remove->setEnabled(!m_lines->selectedItems().isEmpty());
    m_add->setEnabled(!m_line->text().trimmed().isEmpty());
  };
  connect(m_lines, &QListWidget::itemSelectionChanged, this, enable);
  connect(m_line, &QLineEdit::textChanged, this, enable);
  enable();
}

void OwnCodeDialog::lay(const QString& file) {
  auto* const about = new QLabel(tr("Rows are named by the innermost function that is the program's own: not "
                                    "the allocator's, the C library's, "
                                    "the standard library's or a runtime's. These lines say what else is a "
                                    "runtime's, or is the program's own "
                                    "after all. The last one that matches decides; * is any text.\n"
                                    "runtime-function:arena_*   runtime-module:libpool.so*   "
                                    "own-function:std::mine*   own-module:libc.so*"),
                                 this);
  about->setWordWrap(true);
  auto* const kept = new QLabel(tr("Kept in %1, for the command line too.").arg(file), this);
  kept->setTextFormat(Qt::PlainText);
  kept->setWordWrap(true);
  m_lines->setSelectionMode(QAbstractItemView::ExtendedSelection);
  m_lines->setAccessibleName(tr("Lines of the list"));
  m_line->setPlaceholderText(tr("runtime-function:arena_*"));
  m_line->setAccessibleName(tr("Another line"));
  m_line->setClearButtonEnabled(true);
  m_problem->setWordWrap(true);
  m_problem->setTextFormat(Qt::PlainText);
  m_problem->hide();
  auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Save | QDialogButtonBox::Cancel, this);
  // Enter in the field adds its line; it does not save.
  for (QAbstractButton* button : buttons->buttons()) static_cast<QPushButton*>(button)->setAutoDefault(false);
  for (QPushButton* button : {m_add, m_remove}) button->setAutoDefault(false);
  connect(m_line, &QLineEdit::returnPressed, this, &OwnCodeDialog::addLine);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(buttons, &QDialogButtonBox::accepted, this, [this] {
    addLine();  // What was typed and not added is meant, too.
    emit confirmed(text());
  });
  auto* const field = new QHBoxLayout;
  field->addWidget(m_line, 1);
  field->addWidget(m_add);
  field->addWidget(m_remove);
  auto* const column = new QVBoxLayout(this);
  column->setSpacing(measure::kSpacing);
  column->addWidget(about);
  column->addWidget(m_lines, 1);
  column->addLayout(field);
  column->addWidget(m_problem);
  column->addWidget(kept);
  column->addWidget(buttons);
}

void OwnCodeDialog::append(const QString& line) {
  auto* const item = new QListWidgetItem(line, m_lines);
  item->setFlags(item->flags() | Qt::ItemIsEditable);
}

void OwnCodeDialog::addLine() {
  const QString line = m_line->text().trimmed();
  if (line.isEmpty()) return;
  append(line);
  m_lines->scrollToBottom();
  m_line->clear();
}

void OwnCodeDialog::removeLines() { qDeleteAll(m_lines->selectedItems()); }

QString OwnCodeDialog::text() const {
  QString text;
  for (int row = 0; row < m_lines->count(); ++row) text += m_lines->item(row)->text() + '\n';
  return text;
}

void OwnCodeDialog::refuse(const QString& problem) {
  m_problem->setText(problem);
  m_problem->show();
}

void OwnCodeDialog::keyPressEvent(QKeyEvent* event) {
  if (event->key() != Qt::Key_Delete || focusWidget() != m_lines) return QDialog::keyPressEvent(event);
  removeLines();
}

}  // namespace heaptap::gui
