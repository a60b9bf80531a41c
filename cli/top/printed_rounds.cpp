// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <thread>

#include "cli/output.h"
#include "cli/top/top_command.h"
#include "cli/top/top_layout.h"
#include "export/report/layout.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

std::string textOfRound(const std::vector<TopLine>& lines, Paint paint) {
  std::string text;
  for (const TopLine& line : lines) {
    std::string shown;
    for (const TopLine::Span& span : line.spans) shown += paint(span.tone, span.text);
    if (!paint.isOn()) shown.erase(shown.find_last_not_of(' ') + 1);
    text += shown + "\n";
  }
  return text;
}

}  // namespace

Result<void> printRounds(const TopOptions& options) {
  auto session = openWatched(options.target, options.collector);
  if (!session) return tl::unexpected(std::move(session.error()));
  PictureMaker maker(options.heap);
  TopControls controls(options.order, options.filter);
  const auto look = [&]() -> Result<void> {
    return session->look()
        .and_then([&](const Look& seen) { return maker.next(seen); })
        .map([&](auto picture) { controls.take(std::move(picture)); });
  };
  if (auto looked = look(); !looked) return looked;
  Output out;
  const Paint paint = paintFor(options.colour, STDOUT_FILENO);
  const std::size_t columns =
      isatty(STDOUT_FILENO) == 1 ? terminalSize(STDOUT_FILENO).columns : exporting::kReportColumns;
  for (std::uint64_t round = 0; round < options.rounds.value_or(1); ++round) {
    const bool wasLive = controls.picture()->isLive;
    if (round != 0 && !wasLive) break;  // The last one was of the end.
    // How it changes is known of two looks, so the first round comes after the second one.
    if (wasLive) {
      std::this_thread::sleep_for(options.interval);
      if (auto looked = look(); !looked) return looked;
    }
    out.write(
        (round == 0 ? "" : "\n") +
        textOfRound(roundOf(controls, {.name = options.target, .trouble = {}}, options.top, columns), paint));
    if (auto written = out.flush(); !written) return written;
  }
  return out.finish();
}

}  // namespace heaptap::cli
