// SPDX-License-Identifier: Apache-2.0
#include "analysis/suppressions/suppression_match.h"

#include <algorithm>
#include <array>
#include <utility>

#include "client/stack_lines.h"
#include "proto/words/origin_name.h"

namespace heaptap::analysis {
namespace {

/// The linkage names of C++'s entry points, as suppressions have them.
constexpr std::pair<v1::Origin, std::string_view> kLinkageNames[] = {
    {v1::ORIGIN_OPERATOR_NEW, "_Znwm"},
    {v1::ORIGIN_NEW_ARRAY, "_Znam"},
    {v1::ORIGIN_NEW_NOTHROW, "_ZnwmRKSt9nothrow_t"},
    {v1::ORIGIN_NEW_ARRAY_NOTHROW, "_ZnamRKSt9nothrow_t"},
    {v1::ORIGIN_NEW_ALIGNED, "_ZnwmSt11align_val_t"},
    {v1::ORIGIN_NEW_ARRAY_ALIGNED, "_ZnamSt11align_val_t"},
    {v1::ORIGIN_NEW_ALIGNED_NOTHROW, "_ZnwmSt11align_val_tRKSt9nothrow_t"},
    {v1::ORIGIN_NEW_ARRAY_ALIGNED_NOTHROW, "_ZnamSt11align_val_tRKSt9nothrow_t"},
};

bool anyMatches(const FrameRule& rule, std::string_view name) {
  return std::any_of(rule.patterns.begin(), rule.patterns.end(),
                     [name](const TextPattern& pattern) { return pattern.matches(name); });
}

bool isOrigin(const FrameRule& rule, v1::Origin origin) {
  if (rule.of != FrameRule::Of::Function) return rule.of == FrameRule::Of::AnyFrames;
  if (anyMatches(rule, words::originName(origin))) return true;
  return std::any_of(std::begin(kLinkageNames), std::end(kLinkageNames), [&](const auto& known) {
    return known.first == origin && anyMatches(rule, known.second);
  });
}

/// The first line of valgrind's suppressions is mostly an entry point, which is on no stack of ours.
bool maySayAnEntryPoint(const FrameRule& rule) {
  for (int origin = 0; origin < v1::Origin_ARRAYSIZE; ++origin)
    if (v1::Origin_IsValid(origin) && isOrigin(rule, static_cast<v1::Origin>(origin))) return true;
  return false;
}

std::size_t literalsOf(const FrameRule& rule) {
  std::size_t least = rule.patterns.empty() ? 0 : rule.patterns.front().literals();
  for (const TextPattern& pattern : rule.patterns) least = std::min(least, pattern.literals());
  return least;
}

bool isExactFunction(const FrameRule& rule) {
  return rule.of == FrameRule::Of::Function &&
         std::all_of(rule.patterns.begin(), rule.patterns.end(),
                     [](const TextPattern& pattern) { return !pattern.onlyName().empty(); });
}

std::string_view lastPart(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

SuppressionMatch::SuppressionMatch(client::Profile profile, const Suppressions& suppressions,
                                   OwnCode& ownCode)
    : m_profile(std::move(profile)),
      m_suppressions(suppressions),
      m_ownCode(ownCode),
      m_executable(m_profile.summary->executable()),
      m_candidates(1),
      m_candidatesOfFrame(m_profile.definitions.frames.size(), kNotKnown),
      m_nextHit(m_profile.definitions.stacks.size(), kNotKnown) {
  for (std::size_t i = 0; i < suppressions.all().size(); ++i) addKey(i);
}

void SuppressionMatch::addKey(std::size_t suppression) {
  const std::vector<FrameRule>& frames = m_suppressions.all()[suppression].frames;
  constexpr std::size_t kExact = 1U << 20;
  const FrameRule* key = nullptr;
  std::size_t best = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const FrameRule& frame = frames[i];
    if (frame.of == FrameRule::Of::AnyFrames || (i == 0 && maySayAnEntryPoint(frame))) continue;
    const std::size_t score = literalsOf(frame) + (isExactFunction(frame) ? kExact : 0);
    if (score > best) {
      key = &frame;
      best = score;
    }
  }
  if (key == nullptr)
    m_always.push_back(suppression);
  else if (isExactFunction(*key))
    for (const TextPattern& pattern : key->patterns) m_byFunction[pattern.onlyName()].push_back(suppression);
  else
    m_byPattern.push_back({.suppression = suppression, .rule = key});
}

bool SuppressionMatch::isLine(const FrameRule& rule, const Line& at) const {
  const client::StackLine line = client::lineOf(m_profile, at.frame, at.line);
  switch (rule.of) {
    case FrameRule::Of::AnyFrames: return true;
    case FrameRule::Of::Function: return anyMatches(rule, line.function);
    case FrameRule::Of::Object: return anyMatches(rule, line.module);
    case FrameRule::Of::Source:
      return (rule.line == 0 || rule.line == line.line) &&
             (anyMatches(rule, line.file) || anyMatches(rule, lastPart(line.file)));
    case FrameRule::Of::Any:
      return anyMatches(rule, line.function) || anyMatches(rule, line.file) || anyMatches(rule, line.module);
  }
  return false;
}

bool SuppressionMatch::isAt(const FrameRule& rule, const Stack& stack, std::size_t at) const {
  if (at != 0) return isLine(rule, stack.lines[at - 1]);
  return std::any_of(stack.origins.begin(), stack.origins.end(),
                     [&rule](v1::Origin origin) { return isOrigin(rule, origin); });
}

bool SuppressionMatch::mayPass(const Suppression& suppression, const Stack& stack, std::size_t at) {
  if (at == 0 || !suppression.isBuiltIn || suppression.skipsTheProgram) return true;
  const Line& line = stack.lines[at - 1];
  if (m_ownCode.ownerOf(line.frame, line.line) != CodeOwner::Program) return true;
  const std::uint32_t module = m_profile.definitions.frame(line.frame).module;
  return module != 0 && m_profile.definitions.modules[module - 1].path != m_executable;
}

bool SuppressionMatch::isMatching(const Suppression& suppression, const Stack& stack) {
  const std::vector<FrameRule>& rules = suppression.frames;
  constexpr std::size_t kNone = ~std::size_t{0};
  std::size_t rule = 0;
  std::size_t at = 0;
  std::size_t passing = kNone;  // The rule behind the last `...`, …
  std::size_t passed = 0;       // … and where it was tried last.
  while (rule < rules.size()) {
    if (rules[rule].of == FrameRule::Of::AnyFrames) {
      passing = ++rule;
      passed = at;
    } else if (at < stack.size() && isAt(rules[rule], stack, at)) {
      ++rule;
      ++at;
    } else {
      if (passing == kNone || passed >= stack.size() || !mayPass(suppression, stack, passed)) return false;
      at = ++passed;
      rule = passing;
    }
  }
  return true;
}

const std::vector<std::size_t>& SuppressionMatch::candidatesOf(model::FrameId frame) {
  std::uint32_t& position = m_candidatesOfFrame[index(frame)];
  if (position != kNotKnown) return m_candidates[position];
  std::vector<std::size_t> found;
  const std::uint32_t lines = client::frameLines(m_profile, frame);
  for (std::uint32_t i = 0; i < lines; ++i) {
    const Line line{frame, i};
    const auto named = m_byFunction.find(client::lineOf(m_profile, frame, i).function);
    if (named != m_byFunction.end()) found.insert(found.end(), named->second.begin(), named->second.end());
    for (const Key& key : m_byPattern)
      if (isLine(*key.rule, line)) found.push_back(key.suppression);
  }
  position = 0;
  if (!found.empty()) {
    position = static_cast<std::uint32_t>(m_candidates.size());
    m_candidates.push_back(std::move(found));
  }
  return m_candidates[position];
}

model::StackId SuppressionMatch::nextHit(model::StackId stack) {
  std::vector<model::StackId> path;
  std::uint32_t hit = 0;
  for (model::StackId at = stack; at != model::StackId{}; at = m_profile.definitions.stack(at).parent) {
    if (m_nextHit[index(at)] != kNotKnown) {
      hit = m_nextHit[index(at)];
      break;
    }
    path.push_back(at);
  }
  for (; !path.empty(); path.pop_back()) {
    const auto node = path.back();
    if (!candidatesOf(m_profile.definitions.stack(node).frame).empty())
      hit = static_cast<std::uint32_t>(index(node));
    m_nextHit[index(node)] = hit;
  }
  return static_cast<model::StackId>(stack == model::StackId{} ? 0 : m_nextHit[index(stack)]);
}

std::vector<SuppressionMatch::Line> SuppressionMatch::linesOf(model::StackId stack) const {
  std::vector<Line> lines;
  client::StackStart at = client::startOf(m_profile, stack);
  while (at.stack != model::StackId{} && lines.size() < client::kMaxStackLines) {
    const model::StackNode& node = m_profile.definitions.stack(at.stack);
    const std::uint32_t count = client::frameLines(m_profile, node.frame);
    for (std::uint32_t line = at.line; line < count; ++line) lines.push_back({node.frame, line});
    at = {.stack = node.parent};
  }
  return lines;
}

std::vector<std::size_t> SuppressionMatch::matching(model::StackId stack,
                                                    const std::vector<v1::Origin>& origins) {
  if (index(stack) >= m_profile.definitions.stacks.size()) return {};
  std::vector<std::size_t> candidates = m_always;
  for (model::StackId hit = nextHit(stack); hit != model::StackId{};) {
    const model::StackNode& node = m_profile.definitions.stack(hit);
    const auto& more = candidatesOf(node.frame);
    // Recursion meets the same frame again and again.
    if (candidates.size() < more.size() ||
        !std::equal(more.begin(), more.end(), candidates.end() - static_cast<std::ptrdiff_t>(more.size())))
      candidates.insert(candidates.end(), more.begin(), more.end());
    hit = nextHit(node.parent);
  }
  if (candidates.empty()) return {};
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  const Stack whole{.origins = origins, .lines = linesOf(stack)};
  std::erase_if(candidates, [&](std::size_t each) { return !isMatching(m_suppressions.all()[each], whole); });
  return candidates;
}

}  // namespace heaptap::analysis
