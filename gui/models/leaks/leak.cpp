// SPDX-License-Identifier: Apache-2.0
#include "gui/models/leaks/leak.h"

#include <QCoreApplication>

namespace heaptap::gui {
namespace {

class LeakText {
  Q_DECLARE_TR_FUNCTIONS(Leak)
};

}  // namespace

QString leakKindText(LeakKind kind) {
  switch (kind) {
    case LeakKind::Growing: return LeakText::tr("growing");
    case LeakKind::Once: return LeakText::tr("leaked once");
    case LeakKind::Kept: return LeakText::tr("kept on purpose");
    case LeakKind::Suppressed: break;
  }
  return LeakText::tr("suppressed");
}

QString leakKindMeaning(LeakKind kind) {
  switch (kind) {
    case LeakKind::Growing: return LeakText::tr("More and more of it was live, until the end.");
    case LeakKind::Once:
      return LeakText::tr("It was not freed, and did not grow until the end; or its history is not known.");
    case LeakKind::Kept:
      return LeakText::tr("Kept until the end on purpose, by a runtime, a library or a singleton.");
    case LeakKind::Suppressed: break;
  }
  return LeakText::tr("A suppression says that it is to be left out.");
}

QString leakName(const LeakGroup& group) {
  if (!group.name.isEmpty()) return group.name;
  if (group.place.function.isEmpty() && group.place.module.isEmpty())
    return LeakText::tr("(no stack was recorded)");
  return spokenFunctionText(group.place);
}

}  // namespace heaptap::gui
