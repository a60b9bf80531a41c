// SPDX-License-Identifier: Apache-2.0
#include "import/gperftools_reader.h"

#include <vector>

#include "import/address_samples.h"
#include "import/line_reader.h"

namespace heaptap::importing {
namespace {

constexpr std::string_view kFirstLine = "heap profile:";
constexpr std::string_view kMappedLibraries = "MAPPED_LIBRARIES:";

/// Functions of one place as `outer--inner`; an operator is called so, too.
std::vector<ProfileBuilder::Line> linesOfNames(std::string_view names) {
  constexpr std::string_view kOperator = "operator--";
  std::vector<ProfileBuilder::Line> lines;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= names.size();) {
    const std::string_view rest = names.substr(at);
    if (rest.starts_with(kOperator)) {
      at += kOperator.size();
      continue;
    }
    if (!rest.empty() && !rest.starts_with("--")) {
      ++at;
      continue;
    }
    if (at > begin) lines.insert(lines.begin(), {.function = std::string(names.substr(begin, at - begin))});
    at += 2;
    begin = at;
  }
  return lines;
}

class GperftoolsReader {
 public:
  GperftoolsReader(const std::string& where, std::string_view text, ProfileBuilder& profile)
      : m_where(where), m_lines(text), m_profile(profile), m_samples(profile) {}

  Result<void> read() {
    enum class Part { Symbols, Samples, Libraries };
    Part part = Part::Samples;
    while (m_lines.next()) {
      const std::string_view line = m_lines.line();
      if (line.starts_with("---")) {
        part = line.starts_with("--- symbol") ? Part::Symbols : Part::Samples;
        continue;
      }
      if (line.starts_with(kMappedLibraries)) {
        part = Part::Libraries;
        continue;
      }
      if (part == Part::Libraries) m_samples.libraries().addLine(line);
      if (part == Part::Symbols) readSymbol(line);
      if (part != Part::Samples || line.empty()) continue;
      const auto done = line.starts_with(kFirstLine) ? readHead(line) : readSample(line);
      if (!done) return done;
    }
    if (!m_hasHead) return broken("a profile without its first line, \"heap profile: …\"");
    return m_samples.count(m_where, m_period);
  }

 private:
  [[nodiscard]] tl::unexpected<Error> broken(const std::string& what) const {
    return failure(Code::Corrupt, m_where, "line " + std::to_string(m_lines.number()) + ": " + what);
  }

  void readSymbol(std::string_view line) {
    constexpr std::string_view kBinary = "binary=";
    if (line.starts_with(kBinary)) {
      if (line.size() > kBinary.size()) m_profile.hello.add_command(std::string(line.substr(kBinary.size())));
      return;
    }
    if (!line.starts_with("0x")) return;
    line.remove_prefix(2);
    const auto address = takeNumber(line, 16);
    if (!address) return;
    if (line.starts_with(' ')) line.remove_prefix(1);
    m_samples.libraries().addSymbol(*address, linesOfNames(line));
  }

  /// `heap profile: 1: 2 [3: 4] @ heapprofile`, or `heap_v2/524288` and the like where it is sampled.
  Result<void> readHead(std::string_view line) {
    m_hasHead = true;
    line.remove_prefix(kFirstLine.size());
    if (!takeHeapSample(line)) return broken("a first line without its four numbers");
    while (line.starts_with(' ') || line.starts_with('@')) line.remove_prefix(1);
    const std::string_view kind = line.substr(0, line.find_first_of("/ "));
    std::string_view period = line.substr(kind.size());
    if (period.starts_with('/')) period.remove_prefix(1);
    const std::uint64_t bytes = takeNumber(period, 10).value_or(0);
    if (kind == "heapprofile" || kind.empty())
      m_period = 0;
    else if (kind == "heap_v2" || kind == "heapz_v2")
      m_period = bytes;
    else if (kind == "heap")
      m_period = bytes / 2;  // As its own reader has it.
    else
      return failure(Code::NotASession, m_where, "a profile of gperftools, but not one of a heap",
                     "it is of " + std::string(kind.substr(0, 40)));
    return {};
  }

  Result<void> readSample(std::string_view line) {
    if (!m_hasHead) return broken("a sample before the first line, \"heap profile: …\"");
    const auto sample = takeHeapSample(line);
    if (!sample) return broken("a sample without its four numbers");
    while (line.starts_with(' ')) line.remove_prefix(1);
    if (!line.starts_with('@')) return broken("a sample without its stack");
    m_samples.add(m_lines.number(), *sample, line.substr(1));
    return {};
  }

  const std::string& m_where;
  LineReader m_lines;
  ProfileBuilder& m_profile;
  AddressSamples m_samples;
  bool m_hasHead = false;
  std::uint64_t m_period = 0;  ///< 0: every block was recorded.
};

}  // namespace

Result<void> readGperftools(const std::string& where, std::string_view text, ProfileBuilder& profile) {
  return GperftoolsReader(where, text, profile).read();
}

}  // namespace heaptap::importing
