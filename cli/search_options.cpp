// SPDX-License-Identifier: Apache-2.0
#include "cli/search_options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace heaptap::cli {

void addSearch(CLI::App& app, SearchOptions& search) {
  app.add_option(
         "--debug-dir", search.debugFolders,
         "Folder with separate debug files, as /usr/lib/debug is, or unstripped binaries; may be repeated")
      ->check(CLI::Validator(CLI::ExistingDirectory).description(""))
      ->allow_extra_args(false)
      ->type_name("FOLDER");
  app.add_option("--sysroot", search.sysroot,
                 "Folder that has binaries, or their debug files, by the paths that they had for the program")
      ->check(CLI::Validator(CLI::ExistingDirectory).description(""))
      ->type_name("FOLDER");
  app.add_flag("--debuginfod", search.debuginfod,
               "Ask the servers in DEBUGINFOD_URLS for debug files that are not here");
}

Result<void> checkSearch(SearchOptions& search) {
  const auto makeAbsolute = [](std::string& folder) {
    std::error_code ignored;
    if (!folder.empty()) folder = std::filesystem::absolute(folder, ignored).lexically_normal().string();
    while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  };
  for (std::string& folder : search.debugFolders) makeAbsolute(folder);
  makeAbsolute(search.sysroot);
  if (search.sysroot == "/") search.sysroot.clear();
  const char* const servers = std::getenv("DEBUGINFOD_URLS");
  if (search.debuginfod && (servers == nullptr || *servers == '\0'))
    return failure(Code::Usage, "--debuginfod", "DEBUGINFOD_URLS names no server",
                   "set it, for Debian: DEBUGINFOD_URLS=https://debuginfod.debian.net");
  return {};
}

void appendSearch(const SearchOptions& search, std::vector<std::string>& argv) {
  for (const std::string& folder : search.debugFolders) argv.push_back("--debug-dir=" + folder);
  if (!search.sysroot.empty()) argv.push_back("--sysroot=" + search.sysroot);
  if (search.debuginfod) argv.emplace_back("--debuginfod");
}

}  // namespace heaptap::cli
