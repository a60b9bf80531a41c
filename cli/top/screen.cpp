// SPDX-License-Identifier: Apache-2.0
#include "cli/top/screen.h"

#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <fcntl.h>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <string>

#include "cli/top/fault_restoration.h"

namespace heaptap::cli {
namespace {

enum Pair : short { kGood = 1, kWarning, kBad };

attr_t attributesOf(Tone tone) {
  switch (tone) {
    case Tone::Plain: break;
    case Tone::Strong: return A_BOLD;
    case Tone::Good: return static_cast<attr_t>(COLOR_PAIR(kGood));
    case Tone::Warning: return static_cast<attr_t>(COLOR_PAIR(kWarning));
    case Tone::Bad: return static_cast<attr_t>(COLOR_PAIR(kBad));
    case Tone::Quiet: return A_DIM;
  }
  return A_NORMAL;
}

attr_t attributesOf(TopLine::Kind kind) {
  switch (kind) {
    case TopLine::Kind::Plain:
    case TopLine::Kind::Keys: break;
    case TopLine::Kind::Titles: return A_UNDERLINE;
    case TopLine::Kind::Chosen: return A_REVERSE;
  }
  return A_NORMAL;
}

/// Letters are UTF-8 on any terminal of today, also where the session's locale is "C", as over ssh or in a
/// container.
void chooseLetters() {
  std::setlocale(LC_CTYPE, "");
  if (std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0) std::setlocale(LC_CTYPE, "C.UTF-8");
}

TopKey keyOf(int code) {
  using Kind = TopKey::Kind;
  switch (code) {
    case KEY_ENTER: return {Kind::Enter};
    case KEY_BACKSPACE: return {Kind::Backspace};
    case KEY_UP: return {Kind::Up};
    case KEY_DOWN: return {Kind::Down};
    case KEY_LEFT: return {Kind::Left};
    case KEY_RIGHT: return {Kind::Right};
    case KEY_PPAGE: return {Kind::PageUp};
    case KEY_NPAGE: return {Kind::PageDown};
    case KEY_HOME: return {Kind::Home};
    case KEY_END: return {Kind::End};
    default: return {};
  }
}

TopKey keyOf(wint_t letter) {
  using Kind = TopKey::Kind;
  constexpr wint_t kEscape = 27;
  constexpr wint_t kDelete = 127;
  if (letter == L'\n' || letter == L'\r') return {Kind::Enter};
  if (letter == kEscape) return {Kind::Escape};
  if (letter == kDelete || letter == L'\b') return {Kind::Backspace};
  if (letter < L' ') return {};
  std::array<char, MB_LEN_MAX> bytes{};
  std::mbstate_t state{};
  const std::size_t length = std::wcrtomb(bytes.data(), static_cast<wchar_t>(letter), &state);
  return length == static_cast<std::size_t>(-1) ? TopKey()
                                                : TopKey{Kind::Letter, std::string(bytes.data(), length)};
}

}  // namespace

struct Screen::Terminal {
  std::FILE* keys = nullptr;  ///< Not standard input: the terminal itself.
  SCREEN* screen = nullptr;

  ~Terminal() {
    if (screen != nullptr) {
      endwin();
      delscreen(screen);
    }
    if (keys != nullptr) std::fclose(keys);
  }
};

Result<std::unique_ptr<Screen>> Screen::open(bool hasColours) {
  chooseLetters();
  auto terminal = std::make_unique<Terminal>();
  std::FILE* keys = stdin;
  if (isatty(STDIN_FILENO) == 0) {
    terminal->keys = std::fopen("/dev/tty", "re");
    if (terminal->keys == nullptr)
      return systemFailure(Code::NotPermitted, "/dev/tty", "no keys can be read", "use --once");
    keys = terminal->keys;
  }
  const char* const name = std::getenv("TERM");
  const std::string shown = name == nullptr || *name == '\0' ? "no name" : name;
  watchFaults();
  terminal->screen = newterm(nullptr, stdout, keys);
  const char* const place = terminal->screen != nullptr ? tigetstr("cup") : nullptr;
  if (place == nullptr || place == reinterpret_cast<const char*>(-1)) {
    terminal.reset();
    forgetFaults();
    return failure(Code::Usage, "TERM", "the terminal (" + shown + ") cannot show a screen",
                   "set TERM to what it is, or use --once");
  }
  cbreak();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  constexpr int kEscapeDelayMs = 25;  // After which an escape is the key, not the beginning of another.
  set_escdelay(kEscapeDelayMs);
  curs_set(0);
  if (hasColours && has_colors()) {
    start_color();
    use_default_colors();
    constexpr short kDefault = -1;
    init_pair(kGood, COLOR_GREEN, kDefault);
    init_pair(kWarning, COLOR_MAGENTA, kDefault);
    init_pair(kBad, COLOR_RED, kDefault);
  }
  return std::unique_ptr<Screen>(new Screen(std::move(terminal)));
}

Screen::Screen(std::unique_ptr<Terminal> terminal) : m_terminal(std::move(terminal)) {}

Screen::~Screen() {
  m_terminal.reset();
  forgetFaults();
}

TopSize Screen::size() const {
  const int rows = getmaxy(stdscr);
  const int columns = getmaxx(stdscr);
  return {.rows = static_cast<std::size_t>(rows), .columns = static_cast<std::size_t>(columns)};
}

void Screen::resize() {
  winsize now{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) == 0 && now.ws_row > 0 && now.ws_col > 0)
    resizeterm(now.ws_row, now.ws_col);
  clearok(stdscr, TRUE);
}

void Screen::leave() { endwin(); }

void Screen::drawLine(int row, const TopLine& line, int columns) {
  int column = 0;
  wmove(stdscr, row, 0);
  const attr_t whole = attributesOf(line.kind);
  for (const TopLine::Span& span : line.spans) {
    // The chosen row has one colour, as others would be hard to read on it.
    const attr_t own = line.kind == TopLine::Kind::Chosen ? attr_t{A_NORMAL} : attributesOf(span.tone);
    wattrset(stdscr, static_cast<int>(whole | own));
    std::mbstate_t state{};
    const char* at = span.text.data();
    const char* const end = at + span.text.size();
    while (at < end) {
      wchar_t letter = 0;
      const std::size_t length = std::mbrtowc(&letter, at, static_cast<std::size_t>(end - at), &state);
      if (length == 0 || length > static_cast<std::size_t>(end - at)) break;  // No UTF-8: never printable().
      at += length;
      int width = wcwidth(letter);
      if (width < 0) {
        letter = L'?';
        width = 1;
      }
      if (column + width > columns) return;
      waddnwstr(stdscr, &letter, 1);
      column += width;
    }
  }
  wattrset(stdscr, static_cast<int>(whole));
  for (; whole != A_NORMAL && column < columns; ++column) waddch(stdscr, ' ');
}

void Screen::draw(const std::vector<TopLine>& lines) {
  werase(stdscr);
  const TopSize size = this->size();
  for (std::size_t i = 0; i < lines.size() && i < size.rows; ++i)
    drawLine(static_cast<int>(i), lines[i], static_cast<int>(size.columns));
  wattrset(stdscr, A_NORMAL);
  wrefresh(stdscr);
}

int Screen::descriptor() const {
  return m_terminal->keys != nullptr ? fileno(m_terminal->keys) : STDIN_FILENO;
}

std::optional<TopKey> Screen::key() {
  wint_t letter = 0;
  switch (wget_wch(stdscr, &letter)) {
    case OK: return keyOf(letter);
    case KEY_CODE_YES: return keyOf(static_cast<int>(letter));
    default: return std::nullopt;
  }
}

}  // namespace heaptap::cli
