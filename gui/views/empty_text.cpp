// SPDX-License-Identifier: Apache-2.0
#include "gui/views/empty_text.h"

#include <QCoreApplication>

namespace heaptap::gui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("EmptyText", text); }

}  // namespace

QString EmptyText::text() const {
  if (!isKnown) {
    switch (coming) {
      case Coming::Expected: return tr("Loading…");
      case Coming::Failed: return tr("Could not be loaded.");
      case Coming::Cancelled: return tr("Not loaded, as reading was cancelled.");
    }
  }
  return isFiltered ? noMatch : nothing;
}

QString noLeaksText(Remains remains, bool isSampled) {
  if (isSampled)
    return tr("No block that was sampled is left. Others may be: the report of the session says how many.");
  return remains == Remains::Leaked ? tr("No leaks: every block was freed.") : tr("Nothing is live.");
}

QString noFindingsText(Remains remains, bool isSampled) {
  if (isSampled) return tr("No wrong use of a block that was sampled. Others were not looked at.");
  const QString checked = tr(
      "Every free was of a live block, by the function that belongs to its allocation, and where a size was "
      "declared, it was the right one.");
  return (remains == Remains::Live ? tr("No wrong use of the heap so far.")
                                   : tr("No wrong use of the heap.")) +
         '\n' + checked;
}

QString noMarksText(Remains remains) {
  const QString how =
      tr("A program names moments with heaptap_mark(\"…\") of heaptap.h; from outside it is “heaptap "
         "mark PID NAME”.");
  return (remains == Remains::Live ? tr("No marks so far.") : tr("No marks.")) + '\n' + how;
}

}  // namespace heaptap::gui
