// SPDX-License-Identifier: Apache-2.0
#include "gui/views/empty_text.h"

#include <QCoreApplication>

namespace heaptap::gui {
namespace {

class EmptyTextWords {
  Q_DECLARE_TR_FUNCTIONS(EmptyText)
};

}  // namespace

QString EmptyText::text() const {
  if (!isKnown) {
    switch (coming) {
      case Coming::Expected: return EmptyTextWords::tr("Loading…");
      case Coming::Failed: return EmptyTextWords::tr("Could not be loaded.");
      case Coming::Cancelled: return EmptyTextWords::tr("Not loaded, as reading was cancelled.");
    }
  }
  return isFiltered ? noMatch : nothing;
}

QString noLeaksText(Remains remains, bool isSampled) {
  if (isSampled)
    return EmptyTextWords::tr(
        "No block that was sampled is left. Others may be: the report of the session says how many.");
  return remains == Remains::Leaked ? EmptyTextWords::tr("No leaks: every block was freed.")
                                    : EmptyTextWords::tr("Nothing is live.");
}

QString noFindingsText(Remains remains, bool isSampled) {
  if (isSampled)
    return EmptyTextWords::tr("No wrong use of a block that was sampled. Others were not looked at.");
  const QString checked = EmptyTextWords::tr(
      "Every free was of a live block, by the function that belongs to its allocation, and where a size was "
      "declared, it was the right one.");
  return (remains == Remains::Live ? EmptyTextWords::tr("No wrong use of the heap so far.")
                                   : EmptyTextWords::tr("No wrong use of the heap.")) +
         '\n' + checked;
}

QString noMarksText(Remains remains) {
  const QString how = EmptyTextWords::tr(
      "A program names moments with heaptap_mark(\"…\") of heaptap.h; from outside it is “heaptap "
      "mark PID NAME”.");
  return (remains == Remains::Live ? EmptyTextWords::tr("No marks so far.")
                                   : EmptyTextWords::tr("No marks.")) +
         '\n' + how;
}

}  // namespace heaptap::gui
