// SPDX-License-Identifier: Apache-2.0
#include "analysis/code_list.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include "analysis/suppressions/name_pattern.h"

namespace heaptap::analysis {
namespace {

constexpr std::size_t kMostLines = 10'000;

struct Keyword {
  std::string_view word;
  bool isOwn;
  CodeList::Of of;
};
constexpr std::array kKeywords{Keyword{"runtime-function:", false, CodeList::Of::Function},
                               Keyword{"runtime-module:", false, CodeList::Of::Module},
                               Keyword{"own-function:", true, CodeList::Of::Function},
                               Keyword{"own-module:", true, CodeList::Of::Module}};

std::string_view withoutBlanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\v\f";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

struct InUse {
  std::mutex mutex;
  std::shared_ptr<const CodeList> list;
};
InUse& inUse() {
  static InUse one;
  return one;
}

}  // namespace

Result<CodeList> CodeList::parse(const std::string& source, std::string_view text) {
  CodeList list;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = withoutBlanks(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const std::string where = source + ":" + std::to_string(number);
    const auto known = std::find_if(kKeywords.begin(), kKeywords.end(), [line](const Keyword& keyword) {
      return line.starts_with(keyword.word);
    });
    if (known == kKeywords.end())
      return failure(Code::Usage, where, "no line of a list of code",
                     "write runtime-function:, runtime-module:, own-function: or own-module: and a pattern");
    const std::string_view pattern = withoutBlanks(line.substr(known->word.size()));
    if (pattern.empty())
      return failure(Code::Usage, where, "the pattern is empty", "name a function or module; * is any text");
    if (list.m_rules.size() == kMostLines)
      return failure(Code::Usage, where, "more than 10,000 lines", "use patterns with *");
    list.m_rules.push_back({known->isOwn, known->of, TextPattern::glob(std::string(pattern))});
  }
  return list;
}

std::optional<bool> CodeList::isOwn(std::string_view function, std::string_view spoken,
                                    std::string_view module) const {
  const std::string_view file = module.substr(module.rfind('/') + 1);
  const auto matches = [&](const Rule& rule) {
    // What has no name is no function of any name.
    if (rule.of == Of::Function)
      return !function.empty() && (rule.pattern.matches(spoken) || rule.pattern.matches(function));
    return !module.empty() && (rule.pattern.matches(file) || rule.pattern.matches(module));
  };
  const auto last = std::find_if(m_rules.rbegin(), m_rules.rend(), matches);
  return last == m_rules.rend() ? std::nullopt : std::optional(last->isOwn);
}

std::string writtenLine(const CodeList::Line& line) {
  const auto known = std::find_if(kKeywords.begin(), kKeywords.end(), [&line](const Keyword& keyword) {
    return keyword.isOwn == line.isOwn && keyword.of == line.of;
  });
  return std::string(known->word) + patternFor(line.name, "*?") + '\n';
}

void useCodeList(std::shared_ptr<const CodeList> list) {
  const std::lock_guard lock(inUse().mutex);
  inUse().list = std::move(list);
}

std::shared_ptr<const CodeList> codeListInUse() {
  const std::lock_guard lock(inUse().mutex);
  return inUse().list;
}

}  // namespace heaptap::analysis
