// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDockWidget>
#include <QList>
#include <optional>

#include "gui/models/sessions/selection.h"
#include "gui/models/sessions/session_store.h"
#include "gui/views/filter/menu_place.h"
#include "gui/views/tables/data_table.h"

namespace heaptap::gui {

/// One way to look at a session. It reads the store, follows the selection, and changes the selection when
/// the user chooses something in it. Views do not know each other.
/// Threads: GUI thread; never waits.
class View : public QDockWidget {
  Q_OBJECT

 public:
  explicit View(QWidget* parent = nullptr);

  /// What it shows from now on. Both must outlive it. To be called once.
  void bind(SessionStore& store, Selection& selection);

  /// What it is called for what it shows just now.
  [[nodiscard]] virtual QString name() const = 0;
  /// How many things it lists; none: not known yet, or it lists none.
  [[nodiscard]] virtual std::optional<int> count() const { return std::nullopt; }
  /// `Leaks  (12)`: the name, and how many things it lists.
  [[nodiscard]] QString title() const;
  /// Whether the session has something for it.
  [[nodiscard]] virtual bool isOffered() const { return true; }
  /// Whether the reader must not overlook it.
  [[nodiscard]] virtual bool isWarning() const { return false; }
  /// Whether it shows all that it is asked to show, or says why not: nothing is on its way.
  [[nodiscard]] virtual bool isSettled() const;
  /// The widget that has the keyboard first.
  [[nodiscard]] virtual QWidget& keyWidget() = 0;
  /// Its widgets in the order of the Tab key.
  [[nodiscard]] virtual QList<QWidget*> keyOrder() { return {&keyWidget()}; }
  /// Tables whose columns are kept; each has an object name.
  [[nodiscard]] virtual QList<DataTable*> tables() { return {}; }
  /// Tables that can be written to files; also those whose columns are others each time.
  [[nodiscard]] virtual QList<DataTable*> exportable() { return tables(); }

  /// It is the one that details are shown of, or not any more.
  virtual void becomeCurrent() {}
  virtual void resign() {}

 signals:
  /// Its name, its count, or whether it is offered.
  void titleChanged();
  /// Another view is to be shown, by its id.
  void viewWanted(const QString& id);
  /// A menu of it opens, about this place: who has more to offer for it adds that.
  void menuOpening(QMenu& menu, const heaptap::gui::MenuPlace& place);
  /// Something was done that the user does not see; one line.
  void announced(const QString& message);

 protected:
  /// Connects with the store and the selection.
  virtual void bound() = 0;
  [[nodiscard]] SessionStore& store() const { return *m_store; }
  [[nodiscard]] Selection& selection() const { return *m_selection; }

 private:
  SessionStore* m_store = nullptr;
  Selection* m_selection = nullptr;
};

}  // namespace heaptap::gui
