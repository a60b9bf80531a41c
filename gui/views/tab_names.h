// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <array>
#include <optional>

#include "gui/models/sessions/summary.h"

/// What the tabs of a session are called, and what their tables say when they are empty.
namespace heaptap::gui {

/// In the order of the tabs.
enum Tab { LeaksTab, CallSitesTab, FindingsTab, MarksTab, HeapsTab };

/// How a tab is named outside of the tab bar.
struct TabEntry {
  Tab tab;
  const char* id;        ///< For settings and the command line.
  const char* menuText;  ///< To be translated in the context of MainWindow.
  const char* keys;
};

/// One row a tab. The menu, the settings and `--view` loop over it.
inline constexpr std::array<TabEntry, 5> kTabs{
    {{LeaksTab, "leaks", QT_TRANSLATE_NOOP("MainWindow", "&Leaks"), "Ctrl+1"},
     {CallSitesTab, "call-sites", QT_TRANSLATE_NOOP("MainWindow", "&Call Sites"), "Ctrl+2"},
     {FindingsTab, "findings", QT_TRANSLATE_NOOP("MainWindow", "Fin&dings"), "Ctrl+3"},
     {MarksTab, "marks", QT_TRANSLATE_NOOP("MainWindow", "&Marks"), "Ctrl+4"},
     {HeapsTab, "heaps", QT_TRANSLATE_NOOP("MainWindow", "&Heaps"), "Ctrl+5"}}};

/// The tab with this id; none: there is no such tab.
[[nodiscard]] std::optional<Tab> tabCalled(const QString& id);
/// All ids, for people: "leaks, call-sites, …".
[[nodiscard]] QString tabIds();

/// `&Leaks  (12)`: a name with how many rows there are. Absent: not known yet.
[[nodiscard]] QString countedName(const QString& name, std::optional<int> rows);

/// Whether what is not known yet will be.
enum class Coming { Expected, Failed, Cancelled };

/// Why a table has no rows: because nothing has come yet, or ever will, nothing matches the filter, or there
/// is nothing.
struct EmptyText {
  bool isKnown = false;
  bool isFiltered = false;
  QString noMatch;
  QString nothing;
  Coming coming = Coming::Expected;

  [[nodiscard]] QString text() const;
};

[[nodiscard]] QString noLeaksText(Remains remains, bool isSampled);
[[nodiscard]] QString noFindingsText(Remains remains, bool isSampled);
[[nodiscard]] QString noMarksText(Remains remains);

}  // namespace heaptap::gui
