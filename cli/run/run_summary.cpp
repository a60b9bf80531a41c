// SPDX-License-Identifier: Apache-2.0
#include "cli/run/run_summary.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "analysis/leaks/leak_judge.h"
#include "analysis/leaks/unfreed.h"
#include "cli/leak_rules.h"
#include "cli/message.h"
#include "client/collector_source.h"
#include "client/files/file_source.h"
#include "export/report/layout.h"
#include "export/report/summary_text.h"
#include "proto/words/drop_words.h"
#include "proto/words/session_words.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/shell_word.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

constexpr std::size_t kShownDescendants = 8;
constexpr std::size_t kShownUnrecorded = 8;
constexpr std::size_t kShownPassedOver = 8;
/// Of so many sessions a collector is asked which has most.
constexpr std::size_t kAskedFor = 256;
/// Of a session with more allocations, `run` does not look through the leaks at its end.
constexpr std::uint64_t kLookedThrough = 20'000'000;

/// As the user would type it.
std::string shownPath(const std::filesystem::path& file) {
  std::error_code error;
  const auto relative = std::filesystem::proximate(file, error);
  return error || relative.native().starts_with("..") ? file.string() : relative.string();
}

/// COMMAND's last image first, as it is the one that COMMAND became; then those that run on, and the others
/// by their allocations.
std::vector<RecordedSession> inOrderOfInterest(const RunEnd& end, std::vector<RecordedSession> ordered) {
  const auto last =
      std::find_if(ordered.rbegin(), ordered.rend(), [&end](const auto& s) { return s.pid == end.pid; });
  const bool any = last != ordered.rend();
  if (any) std::rotate(ordered.begin(), std::prev(last.base()), last.base());
  std::stable_sort(ordered.begin() + (any ? 1 : 0), ordered.end(), [](const auto& a, const auto& b) {
    return a.ended != b.ended ? !a.ended : a.allocations.value_or(0) > b.allocations.value_or(0);
  });
  return ordered;
}

/// The file that the user named, or would look for: the one of COMMAND's first image. Its report lists all.
/// Empty: there is no file.
std::string headFile(const RunEnd& end, const std::vector<RecordedSession>& sessions) {
  const auto hasFile = [](const RecordedSession& s) { return !s.file.empty(); };
  auto first = std::find_if(sessions.begin(), sessions.end(),
                            [&](const auto& s) { return s.pid == end.pid && hasFile(s); });
  if (first == sessions.end()) first = std::find_if(sessions.begin(), sessions.end(), hasFile);
  return first != sessions.end() ? shownPath(first->file) : std::string();
}

std::string endWords(int waitStatus) {
  return WIFSIGNALED(waitStatus) ? "killed by signal " + std::to_string(WTERMSIG(waitStatus))
                                 : "exited " + std::to_string(WEXITSTATUS(waitStatus));
}

std::string exitWords(int waitStatus) {
  return (WIFSIGNALED(waitStatus) ? "was " : "") + endWords(waitStatus);
}

/// Where the sessions are: a collector, or their files.
struct Sessions {
  std::unique_ptr<client::CollectorSource> collector;  ///< Null: files.
  client::FileSource files = {};
};

Result<v1::Summary> summaryOf(Sessions& source, const RecordedSession& session) {
  if (source.collector) return source.collector->summary(session.id, {});
  if (session.file.empty()) return failure(Code::NotFound, session.id, "nothing was stored");
  auto id = source.files.addFile(session.file);
  if (!id) return tl::unexpected(id.error());
  return source.files.summary(*id, {});
}

/// What of that which is left is leaked, as the session's report says it. None: what is live is not leaked,
/// or it would take too long to find out here.
std::optional<analysis::LeakReport> leaksOf(Sessions& source, const RecordedSession& session,
                                            const v1::Summary& summary) {
  if (!hasEndedByItself(summary) || summary.allocations() > kLookedThrough) return std::nullopt;
  client::ProfileSource* from = source.collector.get();
  Result<std::string> id = session.id;
  if (from == nullptr) {
    id = source.files.addFile(session.file);
    from = &source.files;
  }
  auto profile = id.and_then([&](const std::string& known) { return from->profile(known, {}, {}); });
  if (!profile) return std::nullopt;
  const client::SiteTable table(std::move(*profile));
  const auto rules = readLeakRules({});
  if (!rules) return std::nullopt;
  return analysis::LeakJudge(*rules, table.profile()).leaks(table);
}

/// "nothing; 75.0 KiB in 2 blocks kept on purpose"
std::string leftWords(const v1::Summary& summary, const analysis::LeakReport* leaks) {
  const auto amount = [](std::uint64_t bytes, double bytesError, std::uint64_t blocks, double blocksError) {
    return formatBytes(bytes) + exporting::bytesError(bytesError) + " in " + formatNumberOf(blocks, "block") +
           exporting::countError(blocksError);
  };
  const v1::Sampling& errors = summary.sampling();  // All zero where every allocation was recorded.
  if (leaks == nullptr || leaks->total().blocks == 0)
    return amount(summary.live_bytes(), errors.live_bytes_error(), summary.live_blocks(),
                  errors.live_blocks_error());
  const analysis::LeakSum leaked = leaks->leaked();
  std::string text =
      leaked.blocks == 0 ? "nothing" : amount(leaked.bytes, leaks->leakedBytesError(), leaked.blocks, 0);
  const auto add = [&](analysis::LeakKind kind, const char* what) {
    const analysis::LeakSum& sum = leaks->sum(kind);
    if (sum.blocks != 0) text += "; " + amount(sum.bytes, 0, sum.blocks, 0) + " " + what;
  };
  add(analysis::LeakKind::Kept, "kept on purpose");
  add(analysis::LeakKind::Suppressed, "suppressed");
  return text;
}

std::string programIn(const v1::Summary& summary) {
  const auto& command = summary.info().command();
  return (command.empty() ? "?" : command[0]) + " (pid " + std::to_string(summary.info().pid()) + ")";
}

/// When COMMAND itself was not recorded.
std::string whoseNumbers(const v1::Summary& summary) {
  return "  program      " + printable(programIn(summary)) + ", which it started\n";
}

std::string oneLine(const v1::Summary& summary, const analysis::LeakReport* leaks, const std::string& where) {
  const std::string left = leaks == nullptr ? leftWord(summary) + " " + formatBytes(summary.live_bytes())
                                            : leaks->leakedWord() + " " + formatBytes(leaks->leaked().bytes);
  return "  " + programIn(summary) + ": " + formatNumberOf(summary.allocations(), "allocation") + ", peak " +
         formatBytes(summary.peak_bytes()) + ", " + left + ": " + where;
}

/// A collector of its own tells `run` of each session what it has; another one has to be asked.
void askForAllocations(client::CollectorSource& source, std::vector<RecordedSession>& sessions) {
  if (sessions.size() > kAskedFor) return;
  for (RecordedSession& session : sessions)
    if (session.ended && !session.allocations)
      if (auto summary = source.summary(session.id, {})) session.allocations = summary->allocations();
}

/// The one with most allocations of several. None where that is not known of all that have ended.
const RecordedSession* busiestOf(const std::vector<RecordedSession>& sessions) {
  const RecordedSession* most = nullptr;
  for (const RecordedSession& session : sessions) {
    if (!session.ended || !session.trouble.empty()) continue;
    if (!session.allocations) return nullptr;
    if (most == nullptr || *most->allocations < *session.allocations) most = &session;
  }
  return sessions.size() > 1 ? most : nullptr;
}

/// The program that COMMAND went on as, when that was not recorded.
const UnrecordedProgram* lastOf(const RunEnd& end, const Recording& recording) {
  const auto& all = recording.unrecorded();
  const auto last = std::find_if(all.rbegin(), all.rend(), [&end](const UnrecordedProgram& each) {
    return each.became && each.pid == end.pid;
  });
  return last != all.rend() ? &*last : nullptr;
}

/// " (pid 42 and 3 more)"; of those that nothing names, how many.
std::string whichOf(const UnrecordedProgram& program) {
  const std::string more = formatCount(program.times - (program.pid != 0 ? 1 : 0));
  if (program.pid == 0) return program.times > 1 ? " (" + more + " times)" : "";
  return " (pid " + std::to_string(program.pid) + (program.times > 1 ? " and " + more + " more" : "") + ")";
}

void printUnrecorded(const RunEnd& end, const Recording& recording) {
  const UnrecordedProgram* const last = lastOf(end, recording);
  const auto& all = recording.unrecorded();
  // Of those that were not meant to be recorded the report tells, too, if there is one.
  const bool onlyUnable = end.quiet && !recording.sessions().empty();
  for (std::size_t i = 0; i < all.size() && i < kShownUnrecorded; ++i) {
    const UnrecordedProgram& each = all[i];
    if (onlyUnable && !each.wasUnable) continue;
    std::string line = (each.program.empty() ? "a program" : each.program) + whichOf(each) +
                       " was not recorded: " + each.why;
    if ((&each == last || each.pid == end.pid) && end.waitStatus)
      line += "; it " + exitWords(*end.waitStatus);
    printWarning(line);
  }
  if (all.size() > kShownUnrecorded && !onlyUnable)
    printWarning(formatCount(all.size() - kShownUnrecorded) + " other programs were not recorded");
}

std::string namesIn(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kShownPassedOver; ++i)
    text += (i == 0 ? "" : ", ") + (names[i].empty() ? "?" : names[i]);
  if (names.size() > kShownPassedOver)
    text += ", and " + formatCount(names.size() - kShownPassedOver) + " more";
  return text;
}

/// When no program has come to the relay, and none was kept from it.
std::string whyNothing(int waitStatus, const Recording& recording) {
  constexpr int kNotFound = 127;  // Also the loader's, when it cannot start a program.
  if (!recording.passedOver().empty())
    return "no program that ran is called as --only says; there were: " + namesIn(recording.passedOver());
  if (WIFSIGNALED(waitStatus)) return "it " + exitWords(waitStatus) + " before heaptap's library began";
  if (WEXITSTATUS(waitStatus) == kNotFound)
    return "it " + exitWords(waitStatus) +
           " before any of its code ran; the loader's message on its standard error says what is missing";
  return "it " + exitWords(waitStatus) +
         " before heaptap's library began: its loader ran no code of it, or could not load the library, as "
         "its "
         "standard error says then";
}

void printTroubles(const RunEnd& end, const Recording& recording) {
  for (const std::string& trouble : recording.troubles()) printWarning(trouble);
  printUnrecorded(end, recording);
  for (const RecordedSession& session : recording.sessions())
    if (!session.trouble.empty())
      printWarning((!session.file.empty() ? shownPath(session.file)
                    : end.collector       ? session.id
                                          : end.name) +
                   ": " + session.trouble);
  const bool isExplained = !recording.troubles().empty() || !recording.unrecorded().empty();
  if (recording.sessions().empty() && end.removed == 0 && end.waitStatus && !isExplained)
    printWarning(end.name + ": nothing was recorded: " + whyNothing(*end.waitStatus, recording));
}

}  // namespace

std::string summaryLines(const v1::Summary& summary, const analysis::LeakReport* leaks) {
  std::string text = "  allocations  " + formatCount(summary.allocations()) + " (" +
                     formatBytes(summary.allocated_bytes()) + " in all)\n";
  const v1::Sampling& errors = summary.sampling();  // All zero where every allocation was recorded.
  // Where nothing was sampled, only counts are known.
  const bool isUnseen = summary.has_sampling() && errors.samples() == 0;
  if (!isUnseen) {
    text += "  peak         " + formatBytes(summary.peak_bytes()) +
            exporting::bytesError(errors.peak_bytes_error()) + " after " +
            formatDuration(summary.peak_at_ns()) + "\n";
    text += "  " + padded(leaks != nullptr ? leaks->leakedWord() : leftWord(summary), 13) +
            leftWords(summary, leaks) + "\n";
  }
  if (summary.has_sampling()) text += "  sampled      " + exporting::samplingText(summary.sampling()) + "\n";
  if (const auto unfreed = analysis::unfreedOf(summary); unfreed && !unfreed->isNothing())
    text += "  not freed    " + analysis::unfreedText(*unfreed) + "\n";
  if (summary.has_max_rss_bytes())
    text += "  resident     " + formatBytes(summary.max_rss_bytes()) + " at most\n";
  if (const std::string cost = exporting::ownCostLine(summary); !cost.empty())
    text += "  own cost     " + cost + "\n";
  for (const v1::Drops& dropped : summary.drops()) {
    const DropWords words = dropWords(dropped.reason());
    text += "  dropped      " + formatNumberOf(dropped.allocations() + dropped.frees(), "event") +
            ", because " + std::string(words.cause) + ": the numbers above are too small\n" +
            "               (" + std::string(words.remedy) + ")\n";
  }
  if (summary.wrong_uses() != 0)
    text += "  wrong uses   " + formatCount(summary.wrong_uses()) + " of the heap: see the findings\n";
  else if (summary.unmatched_frees() != 0)
    text += "  unmatched    " + formatNumberOf(summary.unmatched_frees(), "free") +
            " of addresses that were not live\n";
  return text;
}

void printRunSummary(const RunEnd& end, const Recording& recording) {
  printTroubles(end, recording);
  if (end.quiet) return;
  if (recording.sessions().empty()) {
    if (end.removed != 0)
      printNote("none of " + formatNumberOf(end.removed, "session") + " had " +
                formatNumberOf(end.leastAllocations, "allocation") +
                ", so no file is left (--min-allocations)");
    return;
  }
  Sessions source;
  if (end.collector) {
    auto collector = client::CollectorSource::connect(*end.collector);
    if (!collector) return printError(collector.error());
    source.collector = std::move(*collector);
  }
  std::vector<RecordedSession> known = recording.sessions();
  if (end.collector && end.complete) askForAllocations(*source.collector, known);
  const auto sessions = inOrderOfInterest(end, std::move(known));

  const RecordedSession& main = sessions.front();
  const std::string where = end.collector ? main.id : headFile(end, recording.sessions());
  const auto reportOf = [&end](const std::string& session) {
    return "heaptap report " + (end.collector ? "--collector " + shellWord(*end.collector) + " " : "") +
           shellWord(session);
  };
  if (!end.complete) {
    printNote("the record of " + end.name + " is still being finished in the background");
    if (!where.empty()) printNote("next: " + reportOf(where));
    return;
  }
  if (where.empty())
    return printNote("nothing of " + end.name + " was stored, so that there is nothing to report");
  std::string text;
  if (auto summary = summaryOf(source, main)) {
    const UnrecordedProgram* const last = lastOf(end, recording);
    const auto leaks = leaksOf(source, main, *summary);
    text = "heaptap: " + printable(end.name) + " (pid " + std::to_string(end.pid) + ") " +
           (last != nullptr ? "was recorded until it became " +
                                  printable(last->program.empty() ? "another program" : last->program)
            : end.waitStatus ? endWords(*end.waitStatus)
                             : "recovered") +
           "\n" + (main.pid == end.pid || !end.waitStatus ? "" : whoseNumbers(*summary)) +
           summaryLines(*summary, leaks ? &*leaks : nullptr);
    for (const std::string& note : summary->notes()) text += "  note         " + printable(note) + "\n";
  } else {
    printError(summary.error());
  }
  const RecordedSession* const most = busiestOf(sessions);
  if (most != nullptr)
    if (auto summary = summaryOf(source, *most))
      text += "  did most     " + printable(programIn(*summary)) +
              (most == &main ? ", whose numbers these are\n"
                             : ": " + formatNumberOf(summary->allocations(), "allocation") + ", in " +
                                   printable(end.collector ? most->id : shownPath(most->file)) + "\n");
  if (sessions.size() > 1) {
    text += "  also         " + formatNumberOf(sessions.size() - 1, "other session") + " of this run:\n";
    for (std::size_t i = 1; i < sessions.size() && i <= kShownDescendants; ++i) {
      const RecordedSession& other = sessions[i];
      const std::string file = end.collector ? other.id : shownPath(other.file);
      if (!other.ended)
        text += "    pid " + std::to_string(other.pid) + " runs on and is still recorded" +
                (file.empty() ? "" : ": " + printable(file)) + "\n";
      else if (auto summary = summaryOf(source, other)) {
        const auto leaks = leaksOf(source, other, *summary);
        text += "  " + printable(oneLine(*summary, leaks ? &*leaks : nullptr, file)) + "\n";
      } else {
        text += "    " + printable(summary.error().line()) + "\n";
      }
    }
    if (sessions.size() - 1 > kShownDescendants)
      text += "    … and " + formatCount(sessions.size() - 1 - kShownDescendants) + " more: heaptap ls\n";
  }
  if (end.removed != 0)
    text += "  removed      " + formatNumberOf(end.removed, "session") + " with fewer than " +
            formatNumberOf(end.leastAllocations, "allocation") + "\n";
  text += "  recorded in  " + printable(where);
  if (end.collector) text += " at " + printable(*end.collector);
  // After an exec the numbers above are those of the program that COMMAND became.
  if (!end.collector && shownPath(main.file) != where)
    text += (main.pid == end.pid ? ", and after exec in " : ", and the numbers above in ") +
            printable(shownPath(main.file));
  text += "\n";
  // What COMMAND became is what the user has started; but a shell or a build tool is not what is to be looked
  // at.
  const RecordedSession& first = most != nullptr ? *most : main;
  const std::string mostly = end.collector ? first.id : first.file.empty() ? where : shownPath(first.file);
  text += "  next         " + printable(reportOf(mostly)) + "\n";
  if (!end.collector && mostly != where)
    text += "               " + printable(reportOf(where)) + " lists all of them\n";
  (void)!write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace heaptap::cli
