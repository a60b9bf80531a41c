// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/terminal_options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <string>

namespace heaptap::cli {

void addColour(CLI::App& app, ColourChoice& colour) {
  CLI::Option* const when = app.add_option_function<std::string>(
      "--color",
      [&colour](const std::string& word) {
        colour = word == "always"  ? ColourChoice::Always
                 : word == "never" ? ColourChoice::Never
                                   : ColourChoice::Auto;
      },
      "Colours: auto, always or never [auto: on a terminal, without NO_COLOR]");
  when->check(CLI::IsMember({"auto", "always", "never"}))->type_name("WHEN");
  app.add_flag_callback(
         "--no-color", [&colour] { colour = ColourChoice::Never; }, "The same as --color never")
      ->excludes(when);
}

Paint Display::paint() const { return paintFor(colour, STDOUT_FILENO); }

void addQuiet(CLI::App& app, bool& isQuiet) {
  app.add_flag("-q,--quiet", isQuiet, "No line on the terminal that says how far it is");
}

void addDisplay(CLI::App& app, Display& display) {
  addColour(app, display.colour);
  app.add_flag("--no-pager", display.noPager, "Long reports do not go through HEAPTAP_PAGER, PAGER or less");
  addQuiet(app, display.isQuiet);
}

}  // namespace heaptap::cli
