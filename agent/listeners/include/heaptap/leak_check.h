// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

/// Suppressions of LeakSanitizer that are built into a program: known leaks of its own.
extern "C" __attribute__((weak)) const char* __lsan_default_suppressions();  // NOLINT

/// What <heaptap/gtest.h> and <heaptap/catch2.h> have in common, and whoever writes a listener for another
/// framework needs: whether a test leaks, in words. C++14, header only.
namespace heaptap {

/// A function of a stack; empty and 0 where something is not known.
struct LeakFrame {
  std::string function;
  std::string file;
  std::string line;
  std::string module;
};

/// A place that leaks.
struct LeakPlace {
  std::uint64_t bytes = 0;
  std::uint64_t blocks = 0;
  std::vector<LeakFrame> stack;  ///< Innermost first.
};

/// The places in the text of struct heaptap_leaks.
inline std::vector<LeakPlace> leakPlaces(const char* text) {
  std::vector<LeakPlace> places;
  std::istringstream lines(text);
  std::string line;
  bool isFirst = true;
  while (std::getline(lines, line)) {
    if (line.empty()) {
      isFirst = true;
      continue;
    }
    std::istringstream fields(line);
    if (isFirst) {
      places.emplace_back();
      fields >> places.back().bytes >> places.back().blocks;
    } else {
      LeakFrame frame;
      std::getline(fields, frame.function, '\t');
      std::getline(fields, frame.file, '\t');
      std::getline(fields, frame.line, '\t');
      std::getline(fields, frame.module, '\t');
      places.back().stack.push_back(frame);
    }
    isFirst = false;
  }
  return places;
}

/// Known leaks, as `leak:PATTERN` lines: a pattern is found anywhere in the name of a function, a source file
/// or a module of the stack; `*` stands for anything, `^` and `$` are the name's ends. Lines that begin with
/// `#`, and empty ones, are passed over.
class KnownLeaks {
 public:
  /// Those that the program has for LeakSanitizer (__lsan_default_suppressions), and those of the files that
  /// HEAPTAP_TEST_SUPPRESSIONS names, with colons between.
  static KnownLeaks ofProgram() {
    KnownLeaks known;
    if (__lsan_default_suppressions != nullptr && __lsan_default_suppressions() != nullptr)
      known.add(__lsan_default_suppressions(), "__lsan_default_suppressions()");
    if (const char* const files = std::getenv("HEAPTAP_TEST_SUPPRESSIONS")) known.addFiles(files);
    return known;
  }

  /// Adds the lines of a text. `source`: how fault() calls it.
  void add(const std::string& text, const std::string& source = "suppressions") {
    static const std::string kBegin = "leak:";
    std::istringstream lines(text);
    std::string line;
    for (unsigned number = 1; std::getline(lines, line); ++number) {
      if (number == 1 && line.compare(0, 3, "\xEF\xBB\xBF") == 0) line.erase(0, 3);
      const std::size_t first = line.find_first_not_of(" \t\r\v\f");
      if (first == std::string::npos || line[first] == '#') continue;
      const std::string rule = line.substr(first, line.find_last_not_of(" \t\r\v\f") + 1 - first);
      std::size_t begin = kBegin.size();
      if (rule.compare(0, begin, kBegin) == 0)
        begin = rule.find_first_not_of(" \t", begin);
      else
        begin = std::string::npos;
      if (begin == std::string::npos) {
        setFault(source + ":" + std::to_string(number) + ": expected leak:PATTERN, found '" +
                 shown(rule, 40) + "', which suppresses nothing here");
        continue;
      }
      m_patterns.push_back(rule.substr(begin));
    }
  }

  /// What is wrong with the suppressions, in one line, the first that was found; empty: nothing.
  const std::string& fault() const { return m_fault; }

  bool has(const LeakPlace& place) const {
    for (const std::string& pattern : m_patterns)
      for (const LeakFrame& frame : place.stack)
        if (matches(pattern, frame.function) || matches(pattern, frame.file) ||
            matches(pattern, frame.module))
          return true;
    return false;
  }

  /// At most `most` bytes of a text, in one line of it.
  static std::string shown(std::string text, std::size_t most) {
    for (char& c : text)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
    return text.substr(0, most) + "…";
  }

  static bool matches(const std::string& pattern, const std::string& name) {
    const bool fromStart = pattern[0] == '^';
    const std::size_t begin = fromStart ? 1 : 0;
    const bool toEnd = pattern.size() > begin && pattern.back() == '$';
    std::size_t at = 0;
    for (std::size_t part = begin, end = pattern.size() - (toEnd ? 1 : 0); part <= end && !name.empty();) {
      const std::size_t star = std::min(pattern.find('*', part), end);
      const std::string wanted = pattern.substr(part, star - part);
      const bool isLast = star == end;
      std::size_t found = name.find(wanted, at);
      if (isLast && toEnd)
        found = name.size() < wanted.size() ? std::string::npos : name.size() - wanted.size();
      if (found == std::string::npos || found < at || name.compare(found, wanted.size(), wanted) != 0 ||
          (part == begin && fromStart && found != 0))
        return false;
      if (isLast) return true;
      at = found + wanted.size();
      part = star + 1;
    }
    return false;
  }

 private:
  /// A path may have a colon itself.
  void addFiles(const std::string& files) {
    if (files.empty()) return setFault("HEAPTAP_TEST_SUPPRESSIONS is empty; name a file, or unset it");
    if (files.find(':') != std::string::npos && !std::ifstream(files)) {
      std::istringstream parts(files);
      for (std::string file; std::getline(parts, file, ':');) addFile(file);
    } else {
      addFile(files);
    }
  }
  void addFile(const std::string& file) {
    std::ifstream input(file);
    std::stringstream text;
    // What cannot be opened, and a folder, which can, have nothing to read.
    if (input.peek() != std::ifstream::traits_type::eof())
      text << input.rdbuf();
    else if (!input.is_open() || input.bad())
      return setFault(shown(file, 4096) +
                      ": cannot read the suppressions; HEAPTAP_TEST_SUPPRESSIONS names them");
    add(text.str(), shown(file, 4096));
  }
  void setFault(const std::string& fault) {
    if (m_fault.empty()) m_fault = fault;
  }

  std::vector<std::string> m_patterns;
  std::string m_fault;
};

/// Asks heaptap whether a test leaks. One test at a time.
class LeakCheck {
 public:
  /// The test begins, before its fixture is made.
  void begin() { m_span = heaptap_span_begin(); }

  /// The test has ended, and its fixture is gone. Returns what it leaks, in some lines; empty: nothing, or
  /// nothing is recorded. Must be inlined into a function that has no pointer to anything of the test.
  __attribute__((always_inline)) std::string end() {
    m_status = heaptap_span_leaks(m_span, m_leaks.get());
    return told();
  }

  /// What is wrong with the suppressions of known leaks, in one line; empty: nothing, or nothing is recorded.
  std::string fault() const { return m_status == HEAPTAP_LEAKS_UNRECORDED ? std::string() : m_known.fault(); }

  /// Why nothing is known of the last test's leaks, in one line; empty: all is known, or nothing is recorded.
  std::string obstacle() const {
    return m_status == HEAPTAP_LEAKS_UNKNOWN ? std::string(m_leaks->text) : std::string();
  }

 private:
  static std::string amount(std::uint64_t bytes, std::uint64_t blocks) {
    return std::to_string(bytes) + (bytes == 1 ? " byte in " : " bytes in ") + std::to_string(blocks) +
           (blocks == 1 ? " block" : " blocks");
  }

  /// Whose code runs the tests: it is the same below all of them.
  static bool isOfFramework(const std::string& function) {
    return function.compare(0, 9, "testing::") == 0 || function.compare(0, 7, "Catch::") == 0 ||
           function.find(" testing::internal::") != std::string::npos;
  }

  /// The C++ library's own code, also where it is compiled into the program.
  static bool isOfLibrary(const LeakFrame& frame) {
    return frame.file.find("/include/c++/") != std::string::npos ||
           frame.function.compare(0, 5, "std::") == 0 || frame.function.compare(0, 11, "__gnu_cxx::") == 0 ||
           frame.module.find("/libstdc++.so") != std::string::npos;
  }

  static std::string lineOf(const LeakFrame& frame) {
    static const std::size_t kMostOfName = 120;
    std::string text = "    ";
    text +=
        frame.function.empty() ? "code in " + frame.module : KnownLeaks::shown(frame.function, kMostOfName);
    if (!frame.file.empty()) text += "  " + frame.file + (frame.line.empty() ? "" : ":" + frame.line);
    return text + "\n";
  }

  /// Of each stretch of the library's functions only the outermost, which the test has called.
  static std::string linesOf(const LeakPlace& place) {
    static const std::size_t kMost = 16;
    std::string text = "  " + amount(place.bytes, place.blocks) + ", allocated by\n";
    std::size_t shown = 0;
    for (std::size_t i = 0; i < place.stack.size(); ++i) {
      if (isOfFramework(place.stack[i].function)) break;
      const bool isLast = i + 1 == place.stack.size() || isOfFramework(place.stack[i + 1].function);
      if (!isLast && isOfLibrary(place.stack[i]) && isOfLibrary(place.stack[i + 1])) continue;
      if (shown++ == kMost) return text + "    …\n";
      text += lineOf(place.stack[i]);
    }
    return text;
  }

  std::string told() {
    if (m_status != HEAPTAP_LEAKS_KNOWN || m_leaks->blocks == 0) return std::string();
    std::uint64_t bytes = m_leaks->bytes;
    std::uint64_t blocks = m_leaks->blocks;
    std::string text;
    for (const LeakPlace& place : leakPlaces(m_leaks->text)) {
      if (m_known.has(place)) {
        bytes -= place.bytes;
        blocks -= place.blocks;
      } else {
        text += linesOf(place);
      }
    }
    return blocks == 0 ? std::string() : "leaks " + amount(bytes, blocks) + "\n" + text;
  }

  KnownLeaks m_known = KnownLeaks::ofProgram();
  std::unique_ptr<heaptap_leaks> m_leaks{new heaptap_leaks()};
  std::uint32_t m_span = 0;
  std::uint32_t m_status = HEAPTAP_LEAKS_UNRECORDED;
};

}  // namespace heaptap
