// SPDX-License-Identifier: Apache-2.0
#include "sql/events/events_plan.h"

#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "sql/virtual_table.h"

namespace heaptap::sql {
namespace {

/// A plan's text: `USED:` in hexadecimal, then for each value its column and its operator, a letter each.
constexpr char kFirstColumn = 'a';
struct OperatorLetter {
  char letter;
  int op;
};
constexpr char kIn = 'i';
constexpr std::array kOperatorLetters{
    OperatorLetter{'=', SQLITE_INDEX_CONSTRAINT_EQ}, OperatorLetter{'<', SQLITE_INDEX_CONSTRAINT_LT},
    OperatorLetter{'l', SQLITE_INDEX_CONSTRAINT_LE}, OperatorLetter{'>', SQLITE_INDEX_CONSTRAINT_GT},
    OperatorLetter{'g', SQLITE_INDEX_CONSTRAINT_GE},
};

char letterOf(int op) {
  for (const OperatorLetter& known : kOperatorLetters)
    if (known.op == op) return known.letter;
  return 0;
}

int operatorOf(char letter) {
  for (const OperatorLetter& known : kOperatorLetters)
    if (known.letter == letter) return known.op;
  return 0;
}

bool isRanged(EventColumn column) {
  using enum EventColumn;
  for (const EventColumn ranged : {AtNs, Number, Thread, Address, Size, Pair, Site, Stack})
    if (column == ranged) return true;
  return false;
}

/// All values of `column IN (…)` are taken at once: one scan instead of one for each.
bool takesLists(EventColumn column) {
  using enum EventColumn;
  return column == Thread || column == Pair || column == Site || column == Stack;
}

/// By pair, what a statement says of its properties.
struct PairFilter {
  Range size, pair, site, stack;
  std::optional<std::set<std::int64_t>> pairs, sites, stacks;

  [[nodiscard]] bool isAll() const {
    return size.isAll() && pair.isAll() && site.isAll() && stack.isAll() && !pairs && !sites && !stacks;
  }
  [[nodiscard]] std::shared_ptr<const std::vector<std::uint8_t>> match(const DecodedSession& session) const {
    if (isAll()) return nullptr;
    const auto& definitions = session.definitions();
    auto passes = std::make_shared<std::vector<std::uint8_t>>(definitions.pairs.size());
    const bool looksAtSites = !site.isAll() || sites;
    for (std::size_t i = 0; i < passes->size(); ++i) {
      const model::Pair& one = definitions.pairs[i];
      (*passes)[i] = size.has(static_cast<std::int64_t>(one.size)) && has(pair, pairs, i) &&
                     has(stack, stacks, model::index(one.stack)) &&
                     (!looksAtSites || has(site, sites, session.siteOfPair()[i] + std::size_t{1}));
    }
    return passes;
  }

 private:
  static bool has(const Range& range, const std::optional<std::set<std::int64_t>>& list, std::size_t id) {
    const auto number = static_cast<std::int64_t>(id);
    return range.has(number) && (!list || list->contains(number));
  }
};

/// The integers of `IN (…)`; what is none equals no id.
std::set<std::int64_t> listOf(sqlite3_value* values) {
  std::set<std::int64_t> list;
  sqlite3_value* value = nullptr;
  for (int status = sqlite3_vtab_in_first(values, &value); status == SQLITE_OK && value != nullptr;
       status = sqlite3_vtab_in_next(values, &value)) {
    Range one;
    one.narrow(SQLITE_INDEX_CONSTRAINT_EQ, value);
    if (!one.isEmpty()) list.insert(one.from());
  }
  return list;
}

void intersect(std::optional<std::set<std::int64_t>>& list, std::set<std::int64_t> with) {
  if (!list) {
    list = std::move(with);
    return;
  }
  std::erase_if(*list, [&with](std::int64_t number) { return !with.contains(number); });
}

Result<void> takeKind(sqlite3_value* value, EventFilter& filter) {
  const auto* const bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
  const std::string_view kind(bytes == nullptr ? "" : bytes,
                              static_cast<std::size_t>(sqlite3_value_bytes(value)));
  const bool isText = sqlite3_value_type(value) == SQLITE_TEXT;
  filter.allocations = filter.allocations && isText && kind == "allocation";
  filter.frees = filter.frees && isText && kind == "free";
  if (sqlite3_value_type(value) == SQLITE_NULL || (isText && (kind == "allocation" || kind == "free")))
    return {};
  return failure(Code::Usage, "", "kind is compared with what no event is",
                 "events are 'allocation' or 'free'");
}

/// Each value of `IN (…)`, or the one.
Result<void> checkNumbers(std::string_view column, sqlite3_value* values, bool isList) {
  if (!isList) return checkNumber(column, values);
  sqlite3_value* value = nullptr;
  for (int status = sqlite3_vtab_in_first(values, &value); status == SQLITE_OK && value != nullptr;
       status = sqlite3_vtab_in_next(values, &value))
    if (auto checked = checkNumber(column, value); !checked) return checked;
  return {};
}

}  // namespace

void planEvents(sqlite3_index_info& info) {
  std::array<char, 20> used{};
  const auto end = std::to_chars(used.data(), used.data() + used.size(), info.colUsed, 16).ptr;
  std::string text(used.data(), end);
  text += ':';
  double rows = 1e8;
  int values = 0;
  for (int i = 0; i < info.nConstraint; ++i) {
    const auto& constraint = info.aConstraint[i];
    if (constraint.usable == 0 || constraint.iColumn < 0) continue;
    const auto column = static_cast<EventColumn>(constraint.iColumn);
    char letter = letterOf(constraint.op);
    const bool isKind = column == EventColumn::Kind && constraint.op == SQLITE_INDEX_CONSTRAINT_EQ;
    const bool isList = constraint.op == SQLITE_INDEX_CONSTRAINT_EQ && sqlite3_vtab_in(&info, i, -1) != 0;
    if (isList ? !takesLists(column) : !isKind && !(isRanged(column) && letter != 0)) continue;
    if (isKind && std::strcmp(sqlite3_vtab_collation(&info, i), "BINARY") != 0) continue;
    if (isList) {
      sqlite3_vtab_in(&info, i, 1);
      letter = kIn;
    }
    info.aConstraintUsage[i].argvIndex = ++values;
    info.aConstraintUsage[i].omit = 1;
    text += static_cast<char>(kFirstColumn + constraint.iColumn);
    text += letter;
    rows /= constraint.op == SQLITE_INDEX_CONSTRAINT_EQ ? 10 : 4;
  }
  info.idxStr = sqliteText(text);
  info.needToFreeIdxStr = 1;
  info.estimatedRows = static_cast<sqlite3_int64>(rows) + 1;
  // Every scan looks at most of the events: it is to be done once, and other tables looked up for its rows.
  info.estimatedCost = 1e9 + rows;
  if (info.nOrderBy == 1 && info.aOrderBy[0].iColumn == static_cast<int>(EventColumn::AtNs) &&
      info.aOrderBy[0].desc == 0)
    info.orderByConsumed = 1;
}

Result<PlannedEvents> plannedEvents(const char* planText, std::span<sqlite3_value* const> values,
                                    const DecodedSession& session) {
  using enum EventColumn;
  const std::string_view text(planText == nullptr ? "0:" : planText);
  std::uint64_t used = 0;
  const char* at = std::from_chars(text.data(), text.data() + text.size(), used, 16).ptr + 1;
  PlannedEvents planned{.wanted = EventColumns(used), .filter = {}};
  PairFilter pairs;
  for (sqlite3_value* const value : values) {
    const auto column = static_cast<EventColumn>(*at++ - kFirstColumn);
    const char letter = *at++;
    const int op = operatorOf(letter);
    const auto narrow = [&](Range& range, std::optional<std::set<std::int64_t>>* list) {
      if (letter == kIn && list != nullptr) return intersect(*list, listOf(value));
      range.narrow(op, value);
    };
    const bool isKind = column == Kind;
    const auto checked =
        isKind ? takeKind(value, planned.filter)
               : checkNumbers(kEventColumns[static_cast<std::size_t>(column)].name, value, letter == kIn);
    if (!checked) return tl::unexpected(checked.error());
    switch (column) {
      case AtNs: narrow(planned.filter.atNs, nullptr); break;
      case Number: narrow(planned.filter.number, nullptr); break;
      case Address: narrow(planned.filter.address, nullptr); break;
      case Thread: narrow(planned.filter.thread, &planned.filter.threads); break;
      case Size: narrow(pairs.size, nullptr); break;
      case Pair: narrow(pairs.pair, &pairs.pairs); break;
      case Site: narrow(pairs.site, &pairs.sites); break;
      case Stack: narrow(pairs.stack, &pairs.stacks); break;
      default: break;
    }
  }
  planned.filter.pairs = pairs.match(session);
  return planned;
}

}  // namespace heaptap::sql
