// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/comparison_reader.h"

#include <absl/container/flat_hash_map.h>

#include <QCoreApplication>
#include <array>
#include <utility>
#include <vector>

#include "analysis/comparison/change_words.h"
#include "analysis/comparison/comparison.h"
#include "client/instant_words.h"
#include "export/comparison/summary_changes.h"
#include "gui/client/asking/reply_reader.h"
#include "gui/client/sites/name_texts.h"
#include "gui/client/sites/site_series.h"
#include "gui/models/quantity_text.h"

namespace heaptap::gui {
namespace {

using analysis::ComparedRun;

client::Cost clientCost(TreeCost cost) {
  switch (cost) {
    case TreeCost::LiveBytes: return client::Cost::LiveBytes;
    case TreeCost::LiveBlocks: return client::Cost::LiveBlocks;
    case TreeCost::PeakBytes: return client::Cost::PeakBytes;
    case TreeCost::Allocations: return client::Cost::Allocations;
    case TreeCost::AllocatedBytes: return client::Cost::AllocatedBytes;
    case TreeCost::Temporaries: return client::Cost::Temporaries;
  }
  return client::Cost::LiveBytes;
}

/// For the verdict, in the words of `heaptap diff`.
const char* meaningOf(TreeCost cost, bool areAtEnds) {
  switch (cost) {
    case TreeCost::LiveBytes: return areAtEnds ? "bytes left at the end" : "bytes live";
    case TreeCost::LiveBlocks: return "blocks live";
    case TreeCost::PeakBytes: return "bytes live at the peak";
    case TreeCost::Allocations: return "allocations";
    case TreeCost::AllocatedBytes: return "bytes allocated";
    case TreeCost::Temporaries: return "temporary allocations";
  }
  return "";
}

/// What exporting::summaryChanges() calls a number, in the user's language.
QString numberName(const char* label) {
  static constexpr std::array kNames{
      QT_TRANSLATE_NOOP("SummaryChange", "live"),        QT_TRANSLATE_NOOP("SummaryChange", "left"),
      QT_TRANSLATE_NOOP("SummaryChange", "blocks"),      QT_TRANSLATE_NOOP("SummaryChange", "peak"),
      QT_TRANSLATE_NOOP("SummaryChange", "allocations"), QT_TRANSLATE_NOOP("SummaryChange", "allocated"),
      QT_TRANSLATE_NOOP("SummaryChange", "temporary")};
  const QString name = QString::fromLatin1(label).trimmed();
  for (const char* known : kNames)
    if (name == QLatin1String(known)) return QCoreApplication::translate("SummaryChange", known);
  return name;
}

/// `order_book, 2031-05-06 07:08:09, at 12.5 s`
QString sideName(const client::Profile& profile) {
  const Session session = readSession(profile.summary->info());
  QStringList parts;
  if (!session.command.isEmpty()) parts << session.command.first().section('/', -1).simplified();
  if (session.startedAtUnixNs > 0) parts << timestampText(session.startedAtUnixNs);
  if (profile.instant) parts << QString::fromStdString(client::titleFor(*profile.instant));
  return parts.join(QStringLiteral(", "));
}

/// The heap called `name`; none: the session has no such heap.
std::optional<model::HeapId> heapCalled(const client::Profile& profile, const QString& name) {
  if (name.isEmpty()) return model::kMallocHeap;
  for (const v1::HeapReport& heap : profile.summary->heaps())
    if (readText(heap.name()).simplified() == name) return static_cast<model::HeapId>(heap.id());
  return std::nullopt;
}

/// Reads the two sides, each of one run.
class SideReading {
 public:
  SideReading(const ComparisonWish& wish, const std::stop_token& stop) : m_wish(wish), m_stop(stop) {}

  /// `at`: as people write it; `atNs`: where it is known exactly.
  Result<ComparedRun> read(client::ProfileSource& source, const std::string& session, const std::string& at,
                           std::optional<quint64> atNs) {
    client::When when;
    if (atNs) when.at = client::When::time(*atNs);
    if (!at.empty()) {
      const auto summary = source.summary(session, m_stop);
      if (!summary) return tl::unexpected(summary.error());
      auto instant = client::instantOf(at, *summary);
      if (!instant) return tl::unexpected(std::move(instant.error()));
      when.at = std::move(*instant);
    }
    auto profile = source.profile(session, when, m_stop);
    if (!profile) return tl::unexpected(std::move(profile.error()));
    const auto heap = heapCalled(*profile, m_wish.heap);
    m_hasHeap = m_hasHeap || heap.has_value();
    // A session that has not made the heap has allocated nothing in it.
    constexpr model::HeapId kNoHeap{0xFFFF'FFFF};
    std::string name = sideName(*profile).toStdString();
    return ComparedRun{
        .name = std::move(name), .profile = std::move(*profile), .heap = heap.value_or(kNoHeap)};
  }
  [[nodiscard]] bool hasHeap() const { return m_hasHeap; }

 private:
  const ComparisonWish& m_wish;
  std::stop_token m_stop;
  bool m_hasHeap = false;
};

NumberChange numberOf(const analysis::Change& change) {
  return {.before = change.before, .after = change.after, .noise = change.noise};
}

ChangeKind kindOf(const analysis::SiteChange& site) {
  const std::string_view verdict = analysis::verdictOn(site);
  if (verdict == "new") return ChangeKind::New;
  if (verdict == "gone") return ChangeKind::Gone;
  if (verdict == "noise") return ChangeKind::Noise;
  return site.change.grew() ? ChangeKind::Grew : ChangeKind::Shrank;
}

/// Where the call sites of one side have their rows.
class SideRows {
 public:
  explicit SideRows(const ComparedRun& run) : m_heap(static_cast<quint32>(model::index(run.heap))) {
    SiteSeries series;
    m_sites = series.next(run.profile);
    for (std::size_t row = 0; row < m_sites->numbers().size(); ++row)
      if (m_sites->numbers()[row].heap == m_heap) m_rows.emplace(m_sites->numbers()[row].stack, row);
  }
  [[nodiscard]] const Sites& sites() const { return m_sites; }
  [[nodiscard]] std::optional<std::size_t> rowOf(model::StackId stack) const {
    const auto found = m_rows.find(model::index(stack));
    return found == m_rows.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  quint32 m_heap;
  Sites m_sites;
  absl::flat_hash_map<quint64, std::size_t> m_rows;
};

ComparisonPtr comparisonOf(const ComparisonWish& wish, const std::vector<ComparedRun>& before,
                           const std::vector<ComparedRun>& after) {
  const analysis::Comparison compared = analysis::compare(before, after, clientCost(wish.cost));
  const SideRows rowsBefore(before.front());
  const SideRows rowsAfter(after.front());
  const auto isAtEnd = [](const ComparedRun& run) {
    return !run.profile.instant && run.profile.summary->info().state() != v1::SESSION_LIVE;
  };
  SessionComparison result;
  result.isBytes = isOfBytes(wish.cost);
  result.before = QString::fromStdString(before.front().name);
  result.after = QString::fromStdString(after.front().name);
  result.headline = readText(analysis::headlineOf(
      compared, meaningOf(wish.cost, isAtEnd(before.front()) && isAtEnd(after.front())), result.isBytes));
  for (const std::string& note : compared.notes) result.notes << readText(note).simplified();
  for (const exporting::SummaryChange& line : exporting::summaryChanges(before, after))
    result.summary.push_back(
        {.name = numberName(line.label), .number = numberOf(line.change), .isBytes = line.isBytes});
  for (const analysis::SiteChange& site : compared.sites) {
    const bool isOfAfter = site.after.has_value();
    const auto& example = isOfAfter ? site.after : site.before;
    result.sites.push_back(
        {.number = numberOf(site.change),
         .kind = kindOf(site),
         .isSimilar = site.match == analysis::SiteMatch::Similar,
         .isOfAfter = isOfAfter,
         .row = example ? (isOfAfter ? rowsAfter : rowsBefore).rowOf(example->stack) : std::nullopt});
  }
  result.sameSites = compared.sameSites;
  result.beforeSites = rowsBefore.sites();
  result.afterSites = rowsAfter.sites();
  return std::make_shared<const SessionComparison>(std::move(result));
}

}  // namespace

Result<ComparisonPtr> readComparison(client::ProfileSource& source, SessionOpener* opener,
                                     const std::string& session, const ComparisonWish& wish,
                                     const std::stop_token& stop) {
  SideReading reading(wish, stop);
  auto own = reading.read(source, session, {}, wish.atNs);
  if (!own) return tl::unexpected(std::move(own.error()));
  const std::string at = wish.other.at.trimmed().toStdString();
  const auto readOther = [&]() -> Result<ComparedRun> {
    switch (wish.other.of) {
      case ComparedSide::Of::ThisSession: return reading.read(source, session, at, {});
      case ComparedSide::Of::OtherSession: return reading.read(source, wish.other.name.toStdString(), at, {});
      case ComparedSide::Of::File: break;
    }
    if (opener == nullptr)
      return failure(Code::NotPermitted, wish.other.name.toStdString(), "files cannot be opened here");
    auto opened = opener->open(wish.other.name, stop);
    if (!opened) return tl::unexpected(std::move(opened.error()));
    return reading.read(*opened->source, opened->session, at, {});
  };
  auto other = readOther();
  if (!other) return tl::unexpected(std::move(other.error()));
  if (!reading.hasHeap())
    return failure(Code::NotFound, wish.heap.toStdString(), "neither side has a heap of this name",
                   "choose another heap");
  std::vector<ComparedRun> before;
  std::vector<ComparedRun> after;
  before.push_back(std::move(wish.isOtherAfter ? *own : *other));
  after.push_back(std::move(wish.isOtherAfter ? *other : *own));
  if (stop.stop_requested()) return ComparisonPtr();
  return comparisonOf(wish, before, after);
}

}  // namespace heaptap::gui
