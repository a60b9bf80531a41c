// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/top/row_selection.h"

namespace heaptap::cli {

/// A key that was pressed.
struct TopKey {
  enum class Kind : std::uint8_t {
    Letter,
    Enter,
    Escape,
    Backspace,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End
  };
  Kind kind = Kind::Letter;
  std::string letter = {};  ///< One, in UTF-8.
};

/// What is shown of the session, as its reader has chosen: the keys of `heaptap top`. No terminal.
class TopControls {
 public:
  enum class Pane : std::uint8_t { Sites, Stack, Help };
  enum class Wish : std::uint8_t { None, Quit, Restart };  ///< Restart: changes are to count from now.

  TopControls(TopOrder order, std::string filter) : m_order(order), m_filter(std::move(filter)) {}

  /// The newest picture; while it is paused, it is kept for later.
  void take(std::shared_ptr<const TopPicture> picture);
  [[nodiscard]] Wish press(const TopKey& key);
  /// How many rows there is room for, so that the chosen one stays in sight.
  void setRoom(std::size_t rows);

  /// Null before the first look.
  [[nodiscard]] const TopPicture* picture() const { return m_shown.get(); }
  /// Positions of the rows in the picture, sorted.
  [[nodiscard]] const std::vector<std::uint32_t>& rows() const { return m_rows; }
  [[nodiscard]] TopOrder order() const { return m_order; }
  [[nodiscard]] const std::string& filter() const { return m_filter; }
  [[nodiscard]] bool isTyping() const { return m_isTyping; }
  [[nodiscard]] bool isPaused() const { return m_isPaused; }
  [[nodiscard]] Pane pane() const { return m_pane; }
  /// The row whose stack is shown with Enter; none: there is no row.
  [[nodiscard]] const TopRow* chosen() const;
  [[nodiscard]] std::size_t chosenAt() const { return m_chosen; }
  [[nodiscard]] std::size_t firstRow() const { return m_first; }
  [[nodiscard]] std::size_t firstLine() const { return m_firstLine; }  ///< Of a stack or the help.

 private:
  void selectAgain();
  void move(std::ptrdiff_t rows);
  void sortBy(TopOrder order);
  void sortByNext(std::ptrdiff_t step);
  Wish pressLetter(const std::string& letter);
  void pressWhileTyping(const TopKey& key);

  std::shared_ptr<const TopPicture> m_shown;
  std::shared_ptr<const TopPicture> m_newest;
  std::vector<std::uint32_t> m_rows;
  TopOrder m_order;
  std::string m_filter;
  std::string m_filterBefore;  ///< While another one is typed.
  bool m_isTyping = false;
  bool m_isPaused = false;
  Pane m_pane = Pane::Sites;
  std::optional<client::SiteKey> m_chosenKey;  ///< None: the first row, whichever that is.
  std::size_t m_chosen = 0;
  std::size_t m_first = 0;
  std::size_t m_firstLine = 0;
  std::size_t m_room = 1;
};

}  // namespace heaptap::cli
