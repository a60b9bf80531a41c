// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <span>

#include "gui/views/filter/follows.h"
#include "gui/views/frame/view.h"

namespace heaptap::gui {

/// One way to look at a session, as menus, the list of views, settings and the command line know it.
struct ViewEntry {
  const char* id;     ///< For settings and the command line.
  const char* title;  ///< In menus; to be translated in the context of View.
  const char* about;  ///< Likewise: one sentence.
  Follows follows;
  bool hasSites;  ///< It chooses call sites, which are shown in detail beside it.
  View* (*make)(QWidget* parent);
};

/// All of them, in the order that they are listed in. A new view is a folder and a row here.
[[nodiscard]] std::span<const ViewEntry> viewTable();

/// Its position in the table; none: there is no such view.
[[nodiscard]] std::optional<std::size_t> viewCalled(const QString& id);
/// All ids, for people: "leaks, call-sites, …".
[[nodiscard]] QString viewIds();
/// The keys that show a view; empty: it has none.
[[nodiscard]] QString viewKeys(std::size_t position);

}  // namespace heaptap::gui
