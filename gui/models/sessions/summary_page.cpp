// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sessions/summary_page.h"

#include <QCoreApplication>
#include <algorithm>
#include <vector>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/models/sessions/session_text.h"

namespace heaptap::gui {
namespace {

constexpr std::size_t kTopRows = 5;

class SummaryPageText {
  Q_DECLARE_TR_FUNCTIONS(SummaryPage)
};

QString link(const QString& target, const QString& text) {
  return QStringLiteral("<a href=\"%1\">%2</a>").arg(target, text.toHtmlEscaped());
}

/// A name of a template may fill pages.
QString shortened(const QString& name) {
  constexpr qsizetype kMostOfAName = 160;
  return name.size() > kMostOfAName ? name.left(kMostOfAName) + QChar(0x2026) : name;
}

QString paragraph(const QString& html) { return QStringLiteral("<p>%1</p>").arg(html); }

QString heading(const QString& text) {
  return QStringLiteral("<p style=\"margin-top:14px\"><b>%1</b></p>").arg(text.toHtmlEscaped());
}

/// The program's own leaks of malloc's heap.
struct OwnLeaks {
  quint64 bytes = 0;
  quint64 blocks = 0;
  quint64 groups = 0;
  bool areEstimates = false;
};

OwnLeaks ownLeaks(const Leaks& leaks) {
  OwnLeaks own;
  for (const LeakGroup& group : leaks ? *leaks : std::vector<LeakGroup>()) {
    if (!group.isOwn() || !group.heapName.isEmpty()) continue;
    own.bytes += group.bytes;
    own.blocks += group.blocks;
    ++own.groups;
    own.areEstimates = own.areEstimates || group.areEstimates;
  }
  return own;
}

/// Rows of malloc's heap with the largest numbers, the largest first; none without any.
std::vector<std::size_t> topRows(const SiteSet& sites, quint64 SiteNumbers::*number) {
  const auto& numbers = sites.numbers();
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < numbers.size(); ++row)
    if (numbers[row].heap == 0 && numbers[row].*number > 0) rows.push_back(row);
  const auto isLarger = [&](std::size_t one, std::size_t other) {
    const quint64 left = numbers[one].*number;
    const quint64 right = numbers[other].*number;
    return left != right ? left > right : one < other;
  };
  const std::size_t most = std::min(kTopRows, rows.size());
  std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(most), rows.end(), isLarger);
  rows.resize(most);
  return rows;
}

/// A list of the largest sites: share of the whole, number, name.
QString topList(const QString& title, const SiteSet& sites, quint64 SiteNumbers::*number, quint64 whole,
                QString (*text)(quint64), bool areEstimates) {
  const std::vector<std::size_t> rows = topRows(sites, number);
  if (rows.empty()) return {};
  QString html = heading(title) + QStringLiteral("<table cellspacing=\"0\" cellpadding=\"2\">");
  for (const std::size_t row : rows) {
    const quint64 value = sites.numbers()[row].*number;
    const QString shown = areEstimates ? estimated(text(value)) : text(value);
    html += QStringLiteral(
                "<tr><td align=\"right\">%1</td><td align=\"right\">&nbsp;&nbsp;%2&nbsp;&nbsp;</td>"
                "<td>%3&nbsp;&nbsp;%4</td></tr>")
                .arg(shareText(value, whole).toHtmlEscaped(), shown.toHtmlEscaped(),
                     link(QStringLiteral("site:%1").arg(row), shortened(sites.label(row).function)),
                     shortened(sites.label(row).location).toHtmlEscaped());
  }
  return html + QStringLiteral("</table>");
}

/// What is left besides the program's own leaks of malloc's heap, a sentence for each kind; empty: nothing.
QString apartText(const SummaryFacts& facts) {
  quint64 suppressed = 0;
  quint64 kept = 0;
  const auto bytes = [&](quint64 sum) {
    return facts.summary.sampling ? estimated(bytesText(sum)) : bytesText(sum);
  };
  for (const LeakGroup& group : *facts.leaks) {
    if (!group.heapName.isEmpty()) continue;
    if (group.kind == LeakKind::Suppressed) suppressed += group.bytes;
    if (group.kind == LeakKind::Kept) kept += group.bytes;
  }
  QString text;
  if (suppressed != 0) text += ' ' + SummaryPageText::tr("Suppressed: %1.").arg(bytes(suppressed));
  if (kept != 0) text += ' ' + SummaryPageText::tr("Kept on purpose: %1.").arg(bytes(kept));
  for (const Heap& heap : facts.summary.heaps)
    if (heap.liveBytes != 0)
      text += ' ' + SummaryPageText::tr("Left in the heap %1: %2.").arg(heap.name, bytesText(heap.liveBytes));
  return text;
}

QString leakedText(const SummaryFacts& facts) {
  if (!facts.leaks) return SummaryPageText::tr("What of its memory leaked is being worked out.");
  const OwnLeaks own = ownLeaks(facts.leaks);
  if (own.groups == 0)
    return (facts.summary.sampling ? SummaryPageText::tr("No sampled block leaked; others may have.")
                                   : SummaryPageText::tr("It leaked nothing of its own.")) +
           apartText(facts);
  const QString bytes = own.areEstimates ? estimated(bytesText(own.bytes)) : bytesText(own.bytes);
  return SummaryPageText::tr("It leaked %1 in %2, at %3.")
             .arg(bytes, numberOfText(own.blocks, Noun::Block), numberOfText(own.groups, Noun::Place)) +
         apartText(facts);
}

QString factsTable(const Summary& summary) {
  const auto row = [](const QString& name, const QString& html) {
    return QStringLiteral("<tr><td>%1&nbsp;&nbsp;</td><td>%2</td></tr>").arg(name.toHtmlEscaped(), html);
  };
  const Estimate peak = summary.estimateOf(summary.peakBytes, &Sampling::peakBytesError);
  QString html = QStringLiteral("<table cellspacing=\"0\" cellpadding=\"2\">");
  html += row(SummaryPageText::tr("Peak"),
              SummaryPageText::tr("%1, %2").arg(
                  bytesText(peak).toHtmlEscaped(),
                  link(QStringLiteral("time:%1").arg(summary.peakAtNs),
                       SummaryPageText::tr("after %1").arg(durationText(summary.peakAtNs)))));
  html += row(SummaryPageText::tr("Allocations"),
              SummaryPageText::tr("%1 of %2 in all")
                  .arg(countText(summary.allocations), bytesText(summary.allocatedBytes))
                  .toHtmlEscaped());
  html += row(SummaryPageText::tr("Temporary"),
              SummaryPageText::tr("%1 of the allocations were freed before the next one of their thread")
                  .arg(shareText(summary.temporaries, summary.allocations))
                  .toHtmlEscaped());
  html += row(SummaryPageText::tr("Threads"), countText(summary.threads));
  return html + QStringLiteral("</table>");
}

}  // namespace

QString verdictText(const SummaryFacts& facts) {
  const Summary& summary = facts.summary;
  const Estimate live = summary.estimateOf(summary.liveBytes, &Sampling::liveBytesError);
  const QString blocks = numberOfText(summary.liveBlocks, Noun::Block);
  switch (summary.remains()) {
    case Remains::Live:
      return SummaryPageText::tr("It runs: %1 in %2 are live.").arg(bytesText(live), blocks);
    case Remains::Leaked: return leakedText(facts);
    case Remains::LiveAtEnd: break;
  }
  return SummaryPageText::tr(
             "It did not end by itself: %1 in %2 were live then, and no one can say what of it leaked.")
      .arg(bytesText(live), blocks);
}

QString summaryPage(const SummaryFacts& facts) {
  const Summary& summary = facts.summary;
  QString html = QStringLiteral("<p><big><b>%1</b></big></p>").arg(verdictText(facts).toHtmlEscaped());
  if (facts.isTimeChosen)
    html +=
        paragraph(summary.session.isLive()
                      ? SummaryPageText::tr("These numbers are of now, not of the time that is chosen.")
                      : SummaryPageText::tr("These numbers are of the end, not of the time that is chosen."));
  QStringList ways;
  if (ownLeaks(facts.leaks).groups > 0)
    ways << link(QStringLiteral("view:leaks"), SummaryPageText::tr("See the leaks"));
  if (summary.findings > 0)
    ways << link(QStringLiteral("view:findings"), numberOfText(summary.findings, Noun::WrongUse));
  if (!summary.marks.empty())
    ways << link(QStringLiteral("view:marks"), numberOfText(summary.marks.size(), Noun::Mark));
  if (!ways.isEmpty()) html += paragraph(ways.join(QStringLiteral("&nbsp;&nbsp;·&nbsp;&nbsp;")));
  html += factsTable(summary);
  if (facts.sites) {
    const bool areEstimates = summary.sampling.has_value();
    const SiteSet& sites = *facts.sites;
    const QString live = summary.remains() == Remains::Live
                             ? SummaryPageText::tr("Most live memory")
                             : SummaryPageText::tr("Most memory left at the end");
    html += topList(live, sites, &SiteNumbers::liveBytes, summary.liveBytes, bytesText, areEstimates);
    html += topList(SummaryPageText::tr("Most memory at the peak"), sites, &SiteNumbers::peakBytes,
                    summary.peakBytes, bytesText, areEstimates);
    html += topList(SummaryPageText::tr("Most allocations"), sites, &SiteNumbers::allocations,
                    summary.allocations, countText, areEstimates);
    html += topList(SummaryPageText::tr("Most temporary allocations"), sites, &SiteNumbers::temporaries,
                    summary.temporaries, countText, areEstimates);
  } else {
    html += paragraph(SummaryPageText::tr("The call sites are on their way."));
  }
  const QStringList notes = summary.notes + dropLines(summary.dropCauses);
  if (!notes.isEmpty()) html += heading(SummaryPageText::tr("To know about the numbers"));
  for (const QString& note : notes) html += paragraph(note.toHtmlEscaped());
  return html;
}

}  // namespace heaptap::gui
