// SPDX-License-Identifier: Apache-2.0
#include "import/jemalloc_reader.h"

#include <optional>

#include "import/address_samples.h"
#include "import/line_reader.h"

namespace heaptap::importing {
namespace {

/// What all threads have in common; the lines `t12:` of single threads are parts of it.
constexpr std::string_view kAllThreads = "t*:";

class JemallocReader {
 public:
  JemallocReader(const std::string& where, std::string_view text, ProfileBuilder& profile)
      : m_where(where), m_lines(text), m_samples(profile) {}

  Result<void> read() {
    constexpr std::string_view kBegin = "heap_v2/";
    bool isMapping = false;
    while (m_lines.next()) {
      std::string_view line = m_lines.line();
      if (m_lines.number() == 1) {
        line.remove_prefix(kBegin.size());
        const auto period = takeNumber(line, 10);
        if (!period) return broken("a first line without the interval of samples");
        m_period = *period;
        continue;
      }
      if (line.starts_with("MAPPED_LIBRARIES:")) isMapping = true;
      if (isMapping) {
        m_samples.libraries().addLine(line);
        continue;
      }
      if (auto done = readLine(line); !done) return done;
    }
    return m_samples.count(m_where, m_period);
  }

 private:
  [[nodiscard]] tl::unexpected<Error> broken(const std::string& what) const {
    return failure(Code::Corrupt, m_where, "line " + std::to_string(m_lines.number()) + ": " + what);
  }

  /// `@ 0x12 0x34`, and behind it `  t*: 13: 6688 [0: 0]`.
  Result<void> readLine(std::string_view line) {
    while (line.starts_with(' ')) line.remove_prefix(1);
    if (line.starts_with('@')) {
      m_stack = line.substr(1);
      return {};
    }
    if (!line.starts_with(kAllThreads)) return {};
    line.remove_prefix(kAllThreads.size());
    const auto sample = takeHeapSample(line);
    if (!sample) return broken("a sample without its four numbers");
    // The first is of the whole heap, without a stack.
    if (m_stack) m_samples.add(m_lines.number(), *sample, *m_stack);
    m_stack.reset();
    return {};
  }

  const std::string& m_where;
  LineReader m_lines;
  AddressSamples m_samples;
  std::uint64_t m_period = 0;
  std::optional<std::string_view> m_stack;
};

}  // namespace

Result<void> readJemalloc(const std::string& where, std::string_view text, ProfileBuilder& profile) {
  return JemallocReader(where, text, profile).read();
}

}  // namespace heaptap::importing
