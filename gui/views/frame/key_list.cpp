// SPDX-License-Identifier: Apache-2.0
#include "gui/views/frame/key_list.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QStandardItemModel>
#include <QVBoxLayout>
#include <array>

namespace heaptap::gui {
namespace {

constexpr QSize kSize{560, 460};
constexpr int kKeyDigits = 24;

struct Key {
  const char* where;
  const char* key;
  const char* what;
};
constexpr std::array kKeys{
    Key{QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "Timeline"), "←  →",
        QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "another instant")},
    Key{QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "Timeline"), "Shift+←  Shift+→",
        QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "a longer or shorter stretch of time")},
    Key{QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "Timeline"), "+  −  0",
        QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "zoom in, zoom out, everything")},
    Key{QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "Timeline"), "Esc",
        QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "now, or the end")},
    Key{QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "Timeline"), "↑  ↓",
        QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "from thread to thread")},
    Key{QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "Timeline"), "Space",
        QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "filter by the thread, or no more")},
    Key{QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "Blocks"), "Ctrl+H",
        QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "what the address has had over time")},
    Key{QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "Filter"), "Enter",
        QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "keep the term")},
    Key{QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "Filter"), "Backspace",
        QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "change the last term that is kept")},
    Key{QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "Filter"), "↓",
        QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "what terms there are")},
    Key{QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "A term"), "N",
        QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "its opposite")},
    Key{QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "A term"), "Del",
        QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "remove it")},
    Key{QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "Tables"), "Ctrl+C",
        QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "copy the rows")},
    Key{QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "Call tree"), "*",
        QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "open the largest below")},
    Key{QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "Flame graph"), "Enter  Backspace",
        QT_TRANSLATE_NOOP("heaptap::gui::KeyList", "zoom to a box, and out")}};

void addRow(QStandardItemModel& model, const QString& key, const QString& what) {
  model.appendRow({new QStandardItem(key), new QStandardItem(what)});
}

}  // namespace

KeyList::KeyList(const std::vector<PaletteEntry>& entries, QWidget* parent)
    : QDialog(parent), m_table(new DataTable(this)) {
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Keys"));
  auto* const model = new QStandardItemModel(0, 2, this);
  model->setHorizontalHeaderLabels({tr("Key"), tr("What it does")});
  for (const PaletteEntry& entry : entries)
    if (entry.hasKey) addRow(*model, entry.about, entry.name);
  for (const Key& key : kKeys)
    addRow(*model, QString::fromUtf8(key.key), tr(key.where) + QStringLiteral(": ") + tr(key.what));
  m_table->setModel(model);
  m_table->setAccessibleName(tr("Keys"));
  m_table->setColumnDigits(0, kKeyDigits);
  m_table->stretchColumn(1);
  auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* const column = new QVBoxLayout(this);
  column->addWidget(m_table, 1);
  column->addWidget(buttons);
  resize(kSize);
}

}  // namespace heaptap::gui
