// SPDX-License-Identifier: Apache-2.0
#include "cli/suppress/suppress_command.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "analysis/suppressions/suppression_writer.h"
#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/output_file.h"
#include "cli/session_source.h"
#include "export/report/heaps_text.h"
#include "text/printable.h"

namespace heaptap::cli {
namespace {

Result<std::string> textFor(const SuppressOptions& options, Progress& progress) {
  const auto format = analysis::suppressionFormat(options.format);
  if (!format)
    return failure(Code::Usage, "suppress", "--format is lsan or valgrind, not '" + options.format + "'");
  const auto rules = readLeakRules(options.suppressions);
  if (!rules) return tl::unexpected(rules.error());
  auto opened = openSession(options.session, options.collector, &progress);
  if (!opened) return tl::unexpected(std::move(opened.error()));
  auto profile = opened->source->profile(opened->id);
  if (!profile) return tl::unexpected(std::move(profile.error()));
  const auto heap = exporting::findHeap(*profile->summary, options.heap);
  if (!heap) return tl::unexpected(heap.error());
  const client::SiteTable table(std::move(*profile));
  const auto report = analysis::LeakJudge(*rules, table.profile())
                          .leaks(table, static_cast<model::HeapId>(heap->id()));
  return "# Leaks of " + printable(options.session) + ", which reports leave out with --suppressions.\n" +
         analysis::suppressionsFor(report, *format);
}

Result<void> write(const SuppressOptions& options) {
  const bool isToFile = !options.output.empty() && options.output != "-";
  std::error_code ignored;
  if (isToFile && !options.force && std::filesystem::exists(options.output, ignored) &&
      !std::filesystem::is_other(options.output, ignored))
    return failure(Code::AlreadyExists, options.output, "exists",
                   "use --force to replace it, or another name");
  Progress progress(options.isQuiet);
  const auto text = textFor(options, progress);
  if (!text) return tl::unexpected(text.error());
  if (!isToFile) {
    Output out;
    out.write(*text);
    return out.finish();
  }
  return writeOutputFile(options.output, progress, [&text](exporting::Sink& sink) { sink.write(*text); });
}

}  // namespace

int suppressCommand(const SuppressOptions& options) {
  const Result<void> done = write(options);
  if (done) return kExitOk;
  printError(done.error());
  return exitCodeFor(done.error().code);
}

}  // namespace heaptap::cli
