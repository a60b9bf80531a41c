// SPDX-License-Identifier: Apache-2.0
#include "cli/top/top_controls.h"

#include <algorithm>
#include <utility>

namespace heaptap::cli {
namespace {

constexpr std::size_t kLongestFilter = 256;

/// Takes the last letter away, in UTF-8.
void removeLast(std::string& text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
  if (!text.empty()) text.pop_back();
}

}  // namespace

void TopControls::take(std::shared_ptr<const TopPicture> picture) {
  m_newest = std::move(picture);
  if (m_isPaused && m_shown) return;
  m_shown = m_newest;
  m_order = possibleOrder(*m_shown, m_order);
  selectAgain();
}

const TopRow* TopControls::chosen() const {
  return m_chosen < m_rows.size() ? &m_shown->rows[m_rows[m_chosen]] : nullptr;
}

void TopControls::selectAgain() {
  if (!m_shown) return;
  m_rows = selectRows(*m_shown, m_order, m_filter);
  m_chosen = 0;
  if (m_chosenKey) {
    const auto found = std::ranges::find_if(
        m_rows, [&](std::uint32_t row) { return m_shown->rows[row].key == *m_chosenKey; });
    if (found != m_rows.end())
      m_chosen = static_cast<std::size_t>(found - m_rows.begin());
    else
      m_chosenKey.reset();
  }
  setRoom(m_room);
}

void TopControls::setRoom(std::size_t rows) {
  m_room = std::max<std::size_t>(rows, 1);
  if (m_chosen < m_first) m_first = m_chosen;
  if (m_chosen >= m_first + m_room) m_first = m_chosen - m_room + 1;
  m_first = std::min(m_first, m_rows.size() - std::min(m_room, m_rows.size()));
}

void TopControls::move(std::ptrdiff_t rows) {
  if (m_pane != Pane::Sites) {
    const auto line = static_cast<std::ptrdiff_t>(m_firstLine) + rows;
    m_firstLine = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(line, 0, 1 << 16));
    return;
  }
  if (m_rows.empty()) return;
  const auto last = static_cast<std::ptrdiff_t>(m_rows.size()) - 1;
  m_chosen = static_cast<std::size_t>(
      std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(m_chosen) + rows, 0, last));
  // On the first row one sees what is first, whichever site that becomes.
  m_chosenKey = m_chosen == 0 ? std::nullopt : std::optional(chosen()->key);
  setRoom(m_room);
}

void TopControls::sortBy(TopOrder order) {
  if (!m_shown || possibleOrder(*m_shown, order) != order) return;
  m_order = order;
  m_chosenKey.reset();
  m_first = 0;
  selectAgain();
}

void TopControls::sortByNext(std::ptrdiff_t step) {
  if (!m_shown) return;
  const auto orders = ordersOf(*m_shown);
  const auto at = std::ranges::find(orders, m_order) - orders.begin();
  const auto count = static_cast<std::ptrdiff_t>(orders.size());
  sortBy(orders[static_cast<std::size_t>((at + step + count) % count)]);
}

TopControls::Wish TopControls::press(const TopKey& key) {
  using Kind = TopKey::Kind;
  if (m_isTyping) {
    pressWhileTyping(key);
    return Wish::None;
  }
  const auto page = static_cast<std::ptrdiff_t>(m_room);
  constexpr std::ptrdiff_t kFar = 1 << 30;
  switch (key.kind) {
    case Kind::Up: move(-1); break;
    case Kind::Down: move(1); break;
    case Kind::PageUp: move(-page); break;
    case Kind::PageDown: move(page); break;
    case Kind::Home: move(-kFar); break;
    case Kind::End: move(kFar); break;
    case Kind::Left: sortByNext(-1); break;
    case Kind::Right: sortByNext(1); break;
    case Kind::Enter:
      m_pane = m_pane == Pane::Sites && chosen() != nullptr ? Pane::Stack : Pane::Sites;
      m_firstLine = 0;
      // The stack that is looked at stays, also where another site becomes the first.
      if (m_pane == Pane::Stack) m_chosenKey = chosen()->key;
      break;
    case Kind::Escape:
      if (m_pane == Pane::Sites && !m_filter.empty()) {
        m_filter.clear();
        selectAgain();
      }
      m_pane = Pane::Sites;
      break;
    case Kind::Backspace: m_pane = Pane::Sites; break;
    case Kind::Letter: return pressLetter(key.letter);
  }
  return Wish::None;
}

TopControls::Wish TopControls::pressLetter(const std::string& letter) {
  const char c = letter.size() == 1 ? letter.front() : '\0';
  for (const TopOrderWords& words : kTopOrders)
    if (c == words.key) sortBy(words.order);
  switch (c) {
    case 'q':
      if (m_pane == Pane::Sites) return Wish::Quit;
      m_pane = Pane::Sites;
      break;
    case 's':
    case '>': sortByNext(1); break;
    case '<': sortByNext(-1); break;
    case 'k': move(-1); break;
    case 'j': move(1); break;
    case 'z': return Wish::Restart;
    case 'h':
    case '?':
      m_pane = m_pane == Pane::Help ? Pane::Sites : Pane::Help;
      m_firstLine = 0;
      break;
    case '/':
      m_isTyping = true;
      m_pane = Pane::Sites;
      m_filterBefore = m_filter;
      break;
    case 'p':  // Of a session that has ended: its peak.
      if (m_shown && !m_shown->isLive) break;
      [[fallthrough]];
    case ' ':
      m_isPaused = !m_isPaused;
      if (!m_isPaused && m_newest) take(m_newest);
      break;
    default: break;
  }
  return Wish::None;
}

void TopControls::pressWhileTyping(const TopKey& key) {
  using Kind = TopKey::Kind;
  switch (key.kind) {
    case Kind::Enter: m_isTyping = false; return;
    case Kind::Escape:
      m_isTyping = false;
      m_filter = m_filterBefore;
      break;
    case Kind::Backspace: removeLast(m_filter); break;
    case Kind::Letter:
      if (m_filter.size() < kLongestFilter) m_filter += key.letter;
      break;
    default: return;
  }
  selectAgain();
}

}  // namespace heaptap::cli
