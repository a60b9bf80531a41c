// SPDX-License-Identifier: Apache-2.0
#include "gui/views/source/source_view.h"

#include <QActionGroup>
#include <QCoreApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QInputDialog>
#include <QItemSelectionModel>
#include <algorithm>

#include "gui/models/quantity_text.h"
#include "gui/views/source/source_delegate.h"
#include "gui/views/source/source_settings.h"

namespace heaptap::gui {
namespace {

constexpr int kCostDigits = 10;
constexpr int kGutterDigits = 8;
constexpr int kLineDigits = 7;
constexpr int kLeastTextDigits = 30;

QString folderOf(const QString& path) { return QFileInfo(path).absolutePath(); }

}  // namespace

SourceView::SourceView(QWidget* parent)
    : AskingView(tr("Reads the file again, with the numbers as they are now."), parent),
      m_remedy(new QPushButton(this)),
      m_editor(new QToolButton(this)),
      m_editors(new QMenu(this)) {
  choice().addItem(tr("live bytes"), static_cast<int>(SourceModel::By::LiveBytes));
  choice().addItem(tr("allocated bytes"), static_cast<int>(SourceModel::By::AllocatedBytes));
  choice().addItem(tr("allocations"), static_cast<int>(SourceModel::By::Allocations));
  choice().setAccessibleName(tr("What the bars stand for"));
  m_editor->setText(tr("Open in Editor"));
  m_editor->setPopupMode(QToolButton::MenuButtonPopup);
  m_editor->setMenu(m_editors);
  m_editor->setToolTip(tr("Opens the current line in an editor. The arrow chooses which."));
  m_remedy->hide();
  above().insertWidget(1, m_editor);
  column().insertWidget(1, m_remedy, 0, Qt::AlignLeft);
  table().setObjectName(QStringLiteral("source"));
  table().setModel(&m_lines);
  table().setItemDelegate(new SourceDelegate(this));
  table().setAccessibleName(tr("Lines of the source file"));
  for (const int cost : {SourceModel::Live, SourceModel::Allocated, SourceModel::Allocations})
    table().setColumnDigits(cost, kCostDigits);
  table().setColumnDigits(SourceModel::Bar, kGutterDigits);
  table().setColumnDigits(SourceModel::Line, kLineDigits);
  table().stretchColumn(SourceModel::Text, kLeastTextDigits,
                        {SourceModel::Allocations, SourceModel::Allocated});
  connect(&choice(), &QComboBox::currentIndexChanged, this,
          [this] { m_lines.setBy(static_cast<SourceModel::By>(choice().currentData().toInt())); });
  connect(m_remedy, &QPushButton::clicked, this, &SourceView::remedyWanted);
  connect(m_editor, &QToolButton::clicked, this, &SourceView::openInEditor);
  connect(m_editors, &QMenu::aboutToShow, this, &SourceView::offerEditors);
}

void SourceView::bound() {
  connect(table().selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& current) { chooseSites(current.row()); });
  connect(&store(), &SessionStore::begun, this, [this] {
    m_file.clear();
    m_line = 0;
    showAnswer();
  });
  connect(&store(), &SessionStore::heapChanged, this, [this] { ask(); });
  connect(&selection(), &Selection::changed, this, [this](Selection::Parts parts) {
    // While it is hidden, what is selected is not looked up.
    if (parts & Selection::Sites && !m_isChoosing && isVisible()) followSelection();
  });
  follow({&store().source()});
}

void SourceView::becomeCurrent() {
  // What was selected elsewhere is what is looked at here.
  const SiteChoice chosen = selection().sites();
  AskingView::becomeCurrent();
  m_isChoosing = true;
  selection().setSites(chosen);
  m_isChoosing = false;
  followSelection();
}

/// Also beside another view, which is the current one then.
void SourceView::ask() {
  if ((isCurrentView() || isVisible()) && store().summary()) want();
}

void SourceView::followSelection() {
  const SiteChoice& chosen = selection().sites();
  if (!chosen.set || chosen.rows.empty()) return;
  const Site site = chosen.set->site(chosen.rows.front());
  m_heap = site.heap;
  if (const auto spot = spotOf(site.lines)) return showLine(spot->file, spot->line);
  m_file.clear();
  m_line = 0;
  ask();
  showAnswer();
}

void SourceView::showLine(const QString& file, quint32 line) {
  m_file = file;
  m_line = line;
  ask();
  showAnswer();
}

void SourceView::want() {
  if (m_file.isEmpty()) return store().source().want(std::nullopt);
  store().source().want(SourceWish{.file = m_file,
                                   .sites = store().siteModel().sites(),
                                   .heap = m_heap,
                                   .filter = selection().filter(),
                                   .access = sourceAccess(store().isFromCollector()),
                                   .recordedAtUnixNs = store().session().startedAtUnixNs,
                                   .turn = turn()});
}

bool SourceView::isSettled() const {
  const auto& asked = store().source();
  return View::isSettled() && (m_file.isEmpty() || asked.isCurrent() || !asked.problem().isEmpty());
}

SourceFilePtr SourceView::known() const {
  const SourceFilePtr* answer = store().source().known();
  return answer != nullptr && *answer && (*answer)->file == m_file ? *answer : nullptr;
}

QString SourceView::emptyText() const {
  if (!store().source().problem().isEmpty()) return store().source().problem();
  if (m_file.isEmpty())
    return tr("Select a call site whose functions have source lines. They need debug information.");
  const SourceFilePtr file = known();
  return file ? file->reason : tr("Loading…");
}

void SourceView::showAnswer() {
  const SourceFilePtr file = known();
  const bool isAnother = file != m_lines.file();
  const bool isMissing = file && file->state == SourceFile::State::NotFound;
  const bool isForbidden = file && file->state == SourceFile::State::NotAllowed;
  if (isAnother) {
    m_isChoosing = true;  // A row that becomes current as rows come was not chosen.
    m_lines.setFile(file);
    m_isChoosing = false;
  }
  m_lines.setTarget(m_line);
  table().setEmptyText(emptyText());
  m_remedy->setVisible(isMissing || isForbidden);
  if (isForbidden) m_remedy->setText(tr("Read Files of %1").arg(folderOf(file->path)));
  if (isMissing) m_remedy->setText(tr("Choose Its Folder…"));
  m_editor->setEnabled(file && file->state == SourceFile::State::Read);
  QStringList about;
  if (file && file->state == SourceFile::State::Read)
    about << file->notes << file->file + ':' + QString::number(m_line);  // Where room ends, the path is cut.
  setAbout(about.join(QStringLiteral("  ·  ")), file == nullptr || store().source().isCurrent());
  goToLine();
}

void SourceView::goToLine() {
  if (m_line == 0 || m_lines.rowCount() == 0) return;
  const int row = std::min(static_cast<int>(std::min(m_line, quint32{INT_MAX})), m_lines.rowCount()) - 1;
  const QModelIndex at = m_lines.index(row, SourceModel::Text);
  m_isChoosing = true;
  if (table().currentIndex().row() != row) table().setCurrentIndex(at);
  m_isChoosing = false;
  table().scrollTo(at, QAbstractItemView::PositionAtCenter);
}

void SourceView::chooseSites(int row) {
  const SourceLineSites* sites = m_lines.sitesOf(row);
  if (m_isChoosing || !isCurrentView() || sites == nullptr) return;
  constexpr std::size_t kMostRows = 32;
  std::vector<std::size_t> rows = sites->rows;
  const std::vector<SiteNumbers>& numbers = m_lines.file()->sites->numbers();
  std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
    return numbers[a].liveBytes != numbers[b].liveBytes
               ? numbers[a].liveBytes > numbers[b].liveBytes
               : numbers[a].allocatedBytes > numbers[b].allocatedBytes;
  });
  if (rows.size() > kMostRows) rows.resize(kMostRows);
  m_isChoosing = true;
  m_line = static_cast<quint32>(row) + 1;
  m_lines.setTarget(m_line);
  selection().setSites({.set = m_lines.file()->sites,
                        .rows = rows,
                        .total = sites->rows.size(),
                        .title = m_file.section('/', -1) + ':' + QString::number(row + 1)});
  m_isChoosing = false;
}

void SourceView::remedyWanted() {
  const SourceFilePtr file = known();
  if (!file) return;
  if (file->state == SourceFile::State::NotAllowed) return allow(folderOf(file->path));
  auto* const dialog = new QFileDialog(this, tr("Where is %1?").arg(m_file.section('/', -1)));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::Directory);
  dialog->setOption(QFileDialog::ShowDirsOnly);
  connect(dialog, &QFileDialog::fileSelected, this, &SourceView::lookIn);
  dialog->open();
}

void SourceView::allow(const QString& folder) {
  allowSources(folder);
  ask();
}

void SourceView::lookIn(const QString& folder) {
  const auto mapping =
      mappingInto(m_file, folder, [](const QString& path) { return QFileInfo(path).isFile(); });
  if (!mapping) return emit announced(tr("%1 is not in or below %2.").arg(m_file.section('/', -1), folder));
  addMapping(*mapping);
  allowSources(QFileInfo(folder).canonicalFilePath());
  ask();
}

void SourceView::openInEditor() {
  const SourceFilePtr file = known();
  if (!file || file->state != SourceFile::State::Read) return;
  const int row = table().currentIndex().row();
  const QString problem =
      gui::openInEditor({.file = file->path, .line = row < 0 ? m_line : static_cast<quint32>(row) + 1});
  emit announced(problem.isEmpty() ? tr("Opened %1 in the editor.").arg(file->path) : problem);
}

void SourceView::offerEditors() {
  m_editors->clear();
  const QString chosen = editorCommand();
  auto* const group = new QActionGroup(m_editors);
  bool isKnown = false;
  for (const Editor& editor : knownEditors()) {
    const QString command = QLatin1String(editor.command);
    QAction* const action = m_editors->addAction(QCoreApplication::translate("Editor", editor.name), this,
                                                 [command] { setEditorCommand(command); });
    action->setToolTip(command);
    action->setCheckable(true);
    action->setChecked(command == chosen);
    isKnown = isKnown || command == chosen;
    group->addAction(action);
  }
  QAction* const other = m_editors->addAction(tr("Another Command…"), this, [this] {
    auto* const dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Editor"));
    dialog->setLabelText(tr("A program with arguments. {file}, {line} and {column} stand for the place:"));
    dialog->setTextValue(editorCommand());
    connect(dialog, &QInputDialog::textValueSelected, this, [](const QString& command) {
      if (!command.trimmed().isEmpty()) setEditorCommand(command.trimmed());
    });
    dialog->open();
  });
  other->setCheckable(true);
  other->setChecked(!isKnown);
  group->addAction(other);
}

QList<QWidget*> SourceView::keyOrder() { return {&choice(), m_editor, &again(), m_remedy, &table()}; }

}  // namespace heaptap::gui
