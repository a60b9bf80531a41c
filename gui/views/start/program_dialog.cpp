// SPDX-License-Identifier: Apache-2.0
#include "gui/views/start/program_dialog.h"

#include <QDateTime>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>

#include "gui/views/measures.h"

namespace heaptap::gui {
namespace {

constexpr const char* kCommandKey = "program/command";
constexpr const char* kFolderKey = "program/folder";
constexpr const char* kEnvironmentKey = "program/environment";
constexpr int kFieldWidth = 420;
constexpr int kEnvironmentLines = 3;

/// A field with a button that chooses what it holds.
QWidget* withButton(QLineEdit* field, QToolButton* button) {
  auto* const both = new QWidget;
  auto* const row = new QHBoxLayout(both);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(measure::kSpacing / 2);
  row->addWidget(field, 1);
  row->addWidget(button);
  return both;
}

}  // namespace

ProgramDialog::ProgramDialog(QWidget* parent)
    : QDialog(parent),
      m_command(new QLineEdit(this)),
      m_folder(new QLineEdit(this)),
      m_file(new QLineEdit(this)),
      m_environment(new QPlainTextEdit(this)),
      m_record(new QComboBox(this)),
      m_children(new QCheckBox(tr("What it &starts as well"), this)),
      m_freeStacks(new QCheckBox(tr("&Where blocks are freed (costs more)"), this)),
      m_mappings(new QCheckBox(tr("&Memory mappings, as a heap of their own"), this)),
      m_problem(new QLabel(this)),
      m_start(nullptr),
      m_moment(QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss"))) {
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Profile a Program"));
  m_record->addItem(tr("every allocation"), QString());
  m_record->addItem(tr("one in 512 KiB, the rest estimated"), QStringLiteral("512KiB"));
  m_record->addItem(tr("one in 64 KiB, the rest estimated"), QStringLiteral("64KiB"));
  m_children->setChecked(true);
  m_command->setPlaceholderText(tr("./server --port 8080"));
  m_command->setToolTip(tr("The program and its arguments; those with spaces in quotes."));
  m_folder->setPlaceholderText(tr("this folder"));
  m_environment->setPlaceholderText(tr("NAME=VALUE, one a line"));
  m_environment->setTabChangesFocus(true);
  lay();
  restore(QSettings());
  connect(m_file, &QLineEdit::textEdited, this, [this] { m_isFileTheirs = true; });
  for (QLineEdit* field : {m_command, m_folder, m_file})
    connect(field, &QLineEdit::textChanged, this, &ProgramDialog::check);
  connect(m_environment, &QPlainTextEdit::textChanged, this, &ProgramDialog::check);
  check();
  m_command->setFocus();
}

void ProgramDialog::lay() {
  auto* const chooseProgram = new QToolButton(this);
  chooseProgram->setText(tr("Choose…"));
  connect(chooseProgram, &QToolButton::clicked, this, [this] {
    QString file = QFileDialog::getOpenFileName(this, tr("Program"));
    if (file.isEmpty()) return;
    if (file.contains(' ')) file = '"' + file + '"';
    m_command->setText(file + ' ' + m_command->text().section(' ', 1));
  });
  auto* const chooseFolder = new QToolButton(this);
  chooseFolder->setText(tr("Choose…"));
  connect(chooseFolder, &QToolButton::clicked, this, [this] {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder"), m_folder->text());
    if (!folder.isEmpty()) m_folder->setText(folder);
  });
  auto* const chooseFile = new QToolButton(this);
  chooseFile->setText(tr("Choose…"));
  connect(chooseFile, &QToolButton::clicked, this, [this] {
    const QString file = QFileDialog::getSaveFileName(this, tr("Session"), m_file->text());
    if (file.isEmpty()) return;
    m_isFileTheirs = true;
    m_file->setText(file);
  });
  auto* const form = new QFormLayout;
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form->addRow(tr("&Command:"), withButton(m_command, chooseProgram));
  form->addRow(tr("&Folder:"), withButton(m_folder, chooseFolder));
  form->addRow(tr("&Environment:"), m_environment);
  form->addRow(tr("&Record:"), m_record);
  for (QCheckBox* box : {m_children, m_freeStacks, m_mappings}) form->addRow(QString(), box);
  form->addRow(tr("Session &into:"), withButton(m_file, chooseFile));
  // A label's mark reaches the field only where the field itself is in the form.
  for (auto [field, name] : {std::pair(m_command, tr("Command")), std::pair(m_folder, tr("Folder")),
                             std::pair(m_file, tr("Session into"))})
    field->setAccessibleName(name);
  m_environment->setFixedHeight(kEnvironmentLines * fontMetrics().lineSpacing() + 2 * measure::kSpacing);
  m_command->setMinimumWidth(kFieldWidth);
  m_problem->setWordWrap(true);
  auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
  m_start = buttons->addButton(tr("&Start"), QDialogButtonBox::AcceptRole);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(buttons, &QDialogButtonBox::accepted, this, &ProgramDialog::confirm);
  const QList<QWidget*> fields{m_command,  chooseProgram, m_folder,   chooseFolder, m_environment, m_record,
                              m_children, m_freeStacks,  m_mappings, m_file,       chooseFile};
  for (qsizetype i = 0; i + 1 < fields.size(); ++i) setTabOrder(fields[i], fields[i + 1]);
  auto* const column = new QVBoxLayout(this);
  column->setSpacing(measure::kSpacing);
  column->addLayout(form);
  column->addWidget(m_problem);
  column->addWidget(buttons);
}

void ProgramDialog::confirm() {
  const ProgramOrder wanted = order();
  const auto start = [this, wanted] {
    save();
    emit confirmed(wanted);
    accept();
  };
  if (!wanted.replaces()) return start();
  auto* const question = new QMessageBox(QMessageBox::Question, windowTitle(),
                                         tr("%1 is there already.").arg(QFileInfo(wanted.file).fileName()),
                                         QMessageBox::Cancel, this);
  question->setAttribute(Qt::WA_DeleteOnClose);
  question->setInformativeText(tr("The session that it holds will be gone."));
  QPushButton* const replace = question->addButton(tr("&Replace It"), QMessageBox::AcceptRole);
  connect(replace, &QPushButton::clicked, this, start);
  question->open();
}

ProgramOrder ProgramDialog::order() const {
  QStringList variables;
  for (const QString& line : m_environment->toPlainText().split('\n'))
    if (!line.trimmed().isEmpty()) variables << line.trimmed();
  return {.command = wordsOf(m_command->text()),
          .folder = m_folder->text().trimmed(),
          .environment = variables,
          .file = m_file->text().trimmed(),
          .sample = m_record->currentData().toString(),
          .withChildren = m_children->isChecked(),
          .withFreeStacks = m_freeStacks->isChecked(),
          .withMappings = m_mappings->isChecked()};
}

void ProgramDialog::check() {
  if (!m_isFileTheirs) proposeFile();
  const QString problem = problemOf(order());
  m_problem->setText(problem);
  m_start->setEnabled(problem.isEmpty());
}

void ProgramDialog::proposeFile() {
  const ProgramOrder now = order();
  const QString proposed = proposedFile(now.command, now.folder, m_moment);
  if (m_file->text() != proposed) m_file->setText(proposed);
}

void ProgramDialog::restore(const QSettings& settings) {
  m_command->setText(settings.value(kCommandKey).toString());
  m_folder->setText(settings.value(kFolderKey).toString());
  m_environment->setPlainText(settings.value(kEnvironmentKey).toString());
}

void ProgramDialog::save() const {
  QSettings settings;
  settings.setValue(kCommandKey, m_command->text());
  settings.setValue(kFolderKey, m_folder->text());
  settings.setValue(kEnvironmentKey, m_environment->toPlainText());
}

}  // namespace heaptap::gui
