// SPDX-License-Identifier: Apache-2.0
#include "gui/models/leaks/leak.h"

namespace heaptap::gui {

QString leakKindText(LeakKind kind) {
  switch (kind) {
    case LeakKind::Growing: return QStringLiteral("growing");
    case LeakKind::Once: return QStringLiteral("leaked once");
    case LeakKind::Kept: return QStringLiteral("kept on purpose");
    case LeakKind::Suppressed: break;
  }
  return QStringLiteral("suppressed");
}

QString leakKindMeaning(LeakKind kind) {
  switch (kind) {
    case LeakKind::Growing: return QStringLiteral("More and more of it was live, until the end.");
    case LeakKind::Once:
      return QStringLiteral("It was not freed, and did not grow until the end; or its history is not known.");
    case LeakKind::Kept:
      return QStringLiteral("Kept until the end on purpose, by a runtime, a library or a singleton.");
    case LeakKind::Suppressed: break;
  }
  return QStringLiteral("A suppression says that it is to be left out.");
}

QString leakName(const LeakGroup& group) {
  if (!group.name.isEmpty()) return group.name;
  if (group.place.function.isEmpty() && group.place.module.isEmpty())
    return QStringLiteral("(no stack was recorded)");
  return spokenFunctionText(group.place);
}

}  // namespace heaptap::gui
