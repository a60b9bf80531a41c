// SPDX-License-Identifier: Apache-2.0
#include "cli/symbolize/symbolize_command.h"

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/symbols/build_id.h"
#include "agent/symbols/debug_servers.h"
#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/symbolize/module_file.h"
#include "cli/symbolize/module_names.h"
#include "cli/terminal/progress.h"
#include "collector/store/name_repair.h"
#include "collector/store/session_reader.h"
#include "text/printable.h"
#include "text/quantity.h"

namespace heaptap::cli {
namespace {

std::string countedFrames(std::uint64_t count) { return formatNumberOf(count, "frame"); }

std::string joinedBy(const std::vector<std::string>& texts, const char* separator) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : separator) + text;
  return joined;
}

/// What could have had the names, and was not there.
std::string lookedFor(const ModuleOutcome& module, const symbols::SearchPlaces& places) {
  std::string text = "no file with build id " + symbols::hexadecimal(module.buildId) + " is called " +
                     joinedBy(namesInDebugFolders(module.path, module.buildId), ", ") + " below " +
                     joinedBy(places.allDebugFolders(), ", ");
  if (places.servers != nullptr) text += ", or at the servers";
  text += places.sysroot.empty() ? "; name another --debug-dir, or with --sysroot the folder that has " +
                                       module.path + " unstripped"
                                 : ", or is " + places.sysroot + module.path + " with debug information";
  return printable(text);
}

std::string describe(const ModuleOutcome& module, const symbols::SearchPlaces& places) {
  using Kind = ModuleOutcome::Kind;
  const std::string id = "build id " + symbols::hexadecimal(module.buildId);
  std::string text = printable(module.path) + ": ";
  switch (module.kind) {
    case Kind::NoBuildId:
      return text + "has no build id, so that no file is known to be the one that was loaded";
    case Kind::NotFound: return text + "not found: " + lookedFor(module, places);
    case Kind::OtherBuild:
      return text + printable(module.from) + " is of another build, and not used (" + id + ")";
    case Kind::Unreadable: return text + printable(module.from) + " is damaged, and not used";
    case Kind::Read: break;
  }
  if (module.named == 0 && module.withLines == 0)
    text += "nothing more is known of " + countedFrames(module.wanted);
  else
    text += "functions for " + countedFrames(module.named) + ", lines for " + formatCount(module.withLines);
  if (module.from != module.path)
    text += ", from " + printable(module.from);
  else if (module.named == 0 && module.withLines == 0)
    text += ": " + lookedFor(module, places);
  return text + (module.lacksLines ? "; not all of its debug information could be read" : "");
}

Result<void> symbolize(SymbolizeOptions& options, Output& out) {
  if (auto checked = checkSearch(options.search); !checked) return checked;
  symbols::SearchPlaces places{options.search.debugFolders, options.search.sysroot, nullptr};
  if (options.search.debuginfod) {
    if (!symbols::DebugServers::areKnown())
      return failure(Code::Unavailable, "--debuginfod", "libdebuginfod.so.1 cannot be loaded",
                     "install it, on Debian: apt-get install libdebuginfod1");
    places.servers = std::make_shared<symbols::DebugServers>();
  }
  Progress progress(options.quiet);
  progress.begin("reading " + options.session.string());
  auto session = store::SessionReader::open(options.session).and_then([&](store::SessionReader reader) {
    return reader.load(store::SessionReader::Use::Look,
                       {.onProgress = [&progress](double share) { progress.reach(share); }});
  });
  if (!session) return tl::unexpected(std::move(session.error()));

  store::NameRepair repair;
  const auto modules = findMissingNames(session->builder.record().definitions.now(), places, repair,
                                        [&progress](const std::string& path, double share) {
                                          progress.begin("looking up names of " + path);
                                          progress.reach(share);
                                        });
  progress.begin("writing " + (options.output.empty() ? options.session : options.output).string());
  auto written = options.output.empty()
                     ? store::repairNames(options.session, repair)
                     : store::writeRepairedCopy(options.session, options.output, repair, options.force);
  if (!written) return written;
  if (places.servers != nullptr && places.servers->hasBeenLeft())
    printWarning("a server took too long to answer, so that names may be missing");
  if (options.quiet) return {};
  std::uint64_t named = 0;
  std::uint64_t withLines = 0;
  for (const ModuleOutcome& module : modules) {
    out.write(describe(module, places) + "\n");
    named += module.named;
    withLines += module.withLines;
  }
  const std::string file = printable((options.output.empty() ? options.session : options.output).string());
  if (repair.frames.empty())
    out.write(file + ": no names were added\n");
  else
    out.write(file + ": functions for " + countedFrames(named) + ", lines for " + formatCount(withLines) +
              "\n");
  return {};
}

}  // namespace

int symbolizeCommand(SymbolizeOptions options) {
  Output out;
  const auto done = symbolize(options, out).and_then([&out] { return out.finish(); });
  if (done) return kExitOk;
  printError(done.error());
  return exitCodeFor(done.error().code);
}

}  // namespace heaptap::cli
