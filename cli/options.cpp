// SPDX-License-Identifier: Apache-2.0
#include "cli/options.h"

#include <CLI/CLI.hpp>

#include "rpc/security_options.h"
#include "text/quantity.h"

namespace heaptap::cli {

CLI::Option* addCollector(CLI::App& app, std::optional<std::string>& collector) {
  rpc::addSecurityOptions(app, "Collector");
  return app
      .add_option("--collector", collector, "Collector to use: HOST:PORT, tls://HOST:PORT or unix:PATH")
      ->type_name("ADDR");
}

CLI::Option* addHeap(CLI::App& app, std::string& heap, const std::string& verb) {
  return app
      .add_option("--heap", heap, verb + " this heap: mappings, or one that the program has named [malloc]")
      ->type_name("NAME");
}

CLI::Option* addSession(CLI::App& app, std::string& session) {
  return app.add_option("SESSION", session, "Session file; with --collector an id or its beginning")
      ->required();
}

CLI::Option* addSize(CLI::App& app, const std::string& name, std::uint64_t& bytes,
                     const std::string& description) {
  return app
      .add_option_function<std::string>(
          name,
          [&bytes, name](const std::string& text) {
            if (!parseBytes(text, bytes) || bytes == 0)
              throw CLI::ValidationError(name, "'" + text + "' is no size; write it like 500M or 2GiB");
          },
          description + "; K, KB and KiB are 1,024 bytes, and so on")
      ->type_name("SIZE");
}

void addSuppressions(CLI::App& app, SuppressionOptions& suppressions) {
  app.add_option("--suppressions", suppressions.files,
                 "Leaks to leave out, as LeakSanitizer, heaptrack or valgrind write them; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_flag("--no-builtin-suppressions", suppressions.noBuiltIn,
               "What runtimes and libraries keep on purpose counts as leaked too");
}

}  // namespace heaptap::cli
