// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <string>
#include <utility>

#include "analysis/policy/policy.h"
#include "text/quantity.h"

// Errors are values here, too.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
// What it asserts of a text, it also checks: a wrong policy is an error in every build.
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

namespace heaptap::analysis {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;

std::string formatSource(const std::string& source, const toml::source_region& region) {
  return source + ":" + std::to_string(region.begin.line) + ":" + std::to_string(region.begin.column);
}

/// What is wrong, and where.
struct Wrong {
  toml::source_region where;
  std::string what;
  std::string remedy;
};

std::string withoutBlanks(std::string_view text) {
  std::string result;
  for (const char c : text)
    if (c != ' ' && c != '_' && c != ',') result += c;
  return result;
}

class PolicyReader {
 public:
  /// The first fault; reading goes on, without effect.
  [[nodiscard]] const std::optional<Wrong>& wrong() const { return m_wrong; }

  Policy read(const toml::table& root) {
    Policy policy;
    for (const auto& [key, node] : root) {
      if (key == "limits")
        readLimits(node, policy.whole.limits);
      else if (key == "growth")
        readGrowth(node, policy.whole.growth);
      else if (key == "rule")
        readRules(node, policy.rules);
      else if (key == "suppressions")
        readTexts(node, policy.suppressions);
      else if (key == "allow-incomplete")
        readFlag(node, policy.allowsIncomplete);
      else
        fail(key.source(), "'" + std::string(key.str()) + "' is no key of a policy",
             "one of: limits, growth, rule, suppressions, allow-incomplete");
    }
    return policy;
  }

 private:
  void fail(const toml::source_region& where, std::string what, std::string remedy) {
    // The first in the file, in whatever order the keys are looked at.
    const auto isBefore = [](const toml::source_region& a, const toml::source_region& b) {
      return std::pair(a.begin.line, a.begin.column) < std::pair(b.begin.line, b.begin.column);
    };
    if (!m_wrong || isBefore(where, m_wrong->where))
      m_wrong = Wrong{where, std::move(what), std::move(remedy)};
  }

  static std::string knownMetrics() {
    std::string known;
    for (const MetricWord& word : kMetricWords) known += (known.empty() ? "" : ", ") + std::string(word.word);
    return known;
  }

  static const MetricWord* metricNamed(std::string_view key) {
    for (const MetricWord& word : kMetricWords)
      if (word.word == key) return &word;
    return nullptr;
  }

  const toml::table* tableOf(const toml::node& node, std::string_view what) {
    if (const toml::table* const table = node.as_table()) return table;
    fail(node.source(), std::string(what) + " is no table",
         "write [" + std::string(what) + "] and its keys below");
    return nullptr;
  }

  void readLimits(const toml::node& node, PerMetric<std::optional<Limit>>& limits) {
    const toml::table* const table = tableOf(node, "limits");
    if (table == nullptr) return;
    for (const auto& [key, value] : *table) readLimit(key, value, limits, knownMetrics());
  }

  void readLimit(const toml::key& key, const toml::node& value, PerMetric<std::optional<Limit>>& limits,
                 const std::string& known) {
    const MetricWord* const word = metricNamed(key.str());
    if (word == nullptr)
      return fail(key.source(), "'" + std::string(key.str()) + "' is no key here", "one of: " + known);
    Limit limit;
    if (const auto text = value.value_exact<std::string>(); text && *text == "any") {
      limits[word->metric] = limit;
    } else if (const auto number = amountOf(value, *word)) {
      limit.most = number;
      limits[word->metric] = limit;
    }
  }

  void readGrowth(const toml::node& node, PerMetric<std::optional<Growth>>& growth) {
    const toml::table* const table = tableOf(node, "growth");
    if (table == nullptr) return;
    for (const auto& [key, value] : *table) {
      const MetricWord* const word = metricNamed(key.str());
      if (word == nullptr) {
        fail(key.source(), "'" + std::string(key.str()) + "' is no key of growth",
             "one of: " + knownMetrics());
        continue;
      }
      Growth allowed;
      const auto text = value.value_exact<std::string>();
      if (text && *text == "any") {
        allowed.isAny = true;
      } else if (text && text->ends_with('%')) {
        allowed.percent = percentOf(value, *text);
        if (!allowed.percent) continue;
      } else if (const auto number = amountOf(value, *word)) {
        allowed.amount = *number;
      } else {
        continue;
      }
      growth[word->metric] = allowed;
    }
  }

  std::optional<double> percentOf(const toml::node& node, const std::string& text) {
    const std::string digits = withoutBlanks(std::string_view(text).substr(0, text.size() - 1));
    double percent = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), percent);
    if (error == std::errc() && end == digits.data() + digits.size() && std::isfinite(percent) &&
        percent >= 0)
      return percent;
    fail(node.source(), "'" + text + "' is no percentage", "write it like \"5 %\" or \"2.5%\"");
    return std::nullopt;
  }

  std::optional<std::uint64_t> amountOf(const toml::node& node, const MetricWord& word) {
    if (const auto number = node.value_exact<std::int64_t>()) {
      if (*number >= 0) return static_cast<std::uint64_t>(*number);
      fail(node.source(), std::string(word.word) + " must not be negative", "");
      return std::nullopt;
    }
    const auto text = node.value_exact<std::string>();
    std::uint64_t bytes = 0;
    if (text && word.isBytes && parseBytes(withoutBlanks(*text), bytes)) return bytes;
    if (word.isBytes)
      fail(node.source(), std::string(word.word) + " takes a size, a number of bytes, or \"any\"",
           "write it like \"64 MiB\" or 4096");
    else
      fail(node.source(), std::string(word.word) + " takes a number, or \"any\"", "write it like 100_000");
    return std::nullopt;
  }

  void readFlag(const toml::node& node, bool& flag) {
    if (const auto value = node.value_exact<bool>())
      flag = *value;
    else
      fail(node.source(), "neither true nor false", "");
  }

  void readText(const toml::node& node, std::string& text) {
    if (const auto value = node.value_exact<std::string>(); value && !value->empty())
      text = *value;
    else
      fail(node.source(), "not a text, or an empty one", "write it in quotes");
  }

  void readTexts(const toml::node& node, std::vector<std::string>& texts) {
    const toml::array* const all = node.as_array();
    if (all == nullptr) return fail(node.source(), "not a list of texts", "write it like [\"leaks.supp\"]");
    for (const toml::node& each : *all) readText(each, texts.emplace_back());
  }

  void readRules(const toml::node& node, std::vector<Rule>& rules) {
    const toml::array* const all = node.as_array();
    if (all == nullptr || !all->is_homogeneous(toml::node_type::table))
      return fail(node.source(), "rule is no list of tables", "write [[rule]] above each");
    std::set<std::string> names;
    for (const toml::node& each : *all) {
      Rule rule;
      readRule(*each.as_table(), rule);
      if (rule.name.empty()) rule.name = nameOf(rule.scope);
      if (!names.insert(rule.name).second)
        fail(each.source(), "a second rule called '" + rule.name + "'", "give it a name of its own");
      rules.push_back(std::move(rule));
    }
  }

  static std::string nameOf(const RuleScope& scope) {
    std::string name;
    for (const auto& [word, text] :
         {std::pair{"function ", &scope.function}, std::pair{"module ", &scope.module},
          std::pair{"file ", &scope.file}, std::pair{"heap ", &scope.heap}})
      if (!text->empty()) name += (name.empty() ? "" : ", ") + (word + *text);
    return name;
  }

  void readRule(const toml::table& table, Rule& rule) {
    for (const auto& [key, value] : table) {
      if (key == "name")
        readText(value, rule.name);
      else if (key == "function")
        readText(value, rule.scope.function);
      else if (key == "module")
        readText(value, rule.scope.module);
      else if (key == "file")
        readText(value, rule.scope.file);
      else if (key == "heap")
        readText(value, rule.scope.heap);
      else if (key == "growth")
        readGrowth(value, rule.growth);
      else
        readLimit(key, value, rule.limits, "name, function, module, file, heap, growth, " + knownMetrics());
    }
    if (rule.scope.isWhole())
      fail(table.source(), "a rule for nothing",
           "say of what: function, module, file or heap; limits of the whole program go below [limits]");
    bool isEmpty = true;
    for (const MetricWord& word : kMetricWords)
      isEmpty = isEmpty && !rule.limits[word.metric] && !rule.growth[word.metric];
    if (isEmpty) fail(table.source(), "a rule without a limit", "one of: " + knownMetrics() + ", growth");
  }

  std::optional<Wrong> m_wrong;
};

}  // namespace

std::uint64_t Growth::allowed(std::uint64_t before) const {
  if (isAny) return ~std::uint64_t{0};
  if (!percent) return amount;
  const double part = static_cast<double>(before) * *percent / 100;
  constexpr double kMost = 9.0e18;
  return part >= kMost ? ~std::uint64_t{0} : static_cast<std::uint64_t>(part);
}

std::string regexOf(std::string_view pattern) {
  std::string regex = "(?s)";  // Names may have line ends.
  const bool fromStart = pattern.starts_with('^');
  if (fromStart) pattern.remove_prefix(1);
  const bool toEnd = pattern.ends_with('$');
  if (toEnd) pattern.remove_suffix(1);
  if (fromStart) regex += "^";
  for (const char c : pattern) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '*') {
      regex += ".*";
    } else {
      const bool isPlain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           c == '_' || byte >= 0x80;
      if (!isPlain) regex += '\\';
      regex += c;
    }
  }
  if (toEnd) regex += "$";
  return regex;
}

Result<Policy> parsePolicy(const std::string& source, std::string_view text) {
  if (text.size() > kMostBytes)
    return failure(Code::Usage, source, "a policy of " + formatBytes(text.size()), "at most 1 MiB is read");
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed)
    return failure(Code::Usage, formatSource(source, parsed.error().source()),
                   std::string(parsed.error().description()),
                   "docs/ci.md describes policies, which are TOML");
  PolicyReader reader;
  Policy policy = reader.read(parsed.table());
  if (reader.wrong())
    return failure(Code::Usage, formatSource(source, reader.wrong()->where), reader.wrong()->what,
                   reader.wrong()->remedy);
  return policy;
}

}  // namespace heaptap::analysis
