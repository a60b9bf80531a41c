// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFlags>
#include <QObject>
#include <QString>
#include <cstddef>
#include <optional>
#include <vector>

#include "gui/models/filter/site_filter.h"
#include "gui/models/sessions/time_choice.h"
#include "gui/models/sites/site.h"

namespace heaptap::gui {

/// Call sites that are looked at in detail: of which set, and which of its rows.
struct SiteChoice {
  Sites set = nullptr;
  std::vector<std::size_t> rows = {};  ///< The first ones, if there are many.
  std::size_t total = 0;               ///< How many there are.
  QString title = {};                  ///< What they are together; of one, empty.

  bool operator==(const SiteChoice&) const = default;
};

/// What the user looks at of a session. All views share one: what is chosen in one of them, the others
/// follow. Times and filters are remembered, so that one can go back. Threads: GUI thread.
class Selection : public QObject {
  Q_OBJECT

 public:
  enum Part { Time = 1, Filter = 2, Sites = 4, Mark = 8 };
  Q_DECLARE_FLAGS(Parts, Part)

  using QObject::QObject;

  /// Another session: now, no site, no mark, no way back. The filter stays.
  void clear();

  void setTime(const TimeChoice& time);
  /// Which allocations are shown. What is being typed is one step of the way back, however many letters.
  enum class Step : quint8 { Whole, Typing };
  void setFilter(const SiteFilter& filter, Step step = Step::Whole);
  void setSites(SiteChoice sites);
  /// The position of a mark among those of the session.
  void setMark(std::optional<std::size_t> mark);

  [[nodiscard]] const TimeChoice& time() const { return m_now.time; }
  [[nodiscard]] const SiteFilter& filter() const { return m_now.filter; }
  [[nodiscard]] const SiteChoice& sites() const { return m_sites; }
  [[nodiscard]] const std::optional<std::size_t>& mark() const { return m_mark; }

  [[nodiscard]] bool canGoBack() const { return !m_before.empty(); }
  [[nodiscard]] bool canGoForward() const { return !m_after.empty(); }
  void goBack();
  void goForward();

 signals:
  void changed(heaptap::gui::Selection::Parts parts);

 private:
  /// What one can come back to.
  struct Place {
    TimeChoice time;
    SiteFilter filter;
    bool operator==(const Place&) const = default;
  };
  void go(const Place& place);
  void remember();

  Place m_now;
  std::vector<Place> m_before;
  std::vector<Place> m_after;
  bool m_isTyping = false;  ///< The last change was one of the filter: the next one is part of it.
  SiteChoice m_sites;
  std::optional<std::size_t> m_mark;
};

Q_DECLARE_OPERATORS_FOR_FLAGS(Selection::Parts)

}  // namespace heaptap::gui
