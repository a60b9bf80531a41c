// SPDX-License-Identifier: Apache-2.0
#include "cli/manual/command_text.h"

#include <CLI/CLI.hpp>

namespace heaptap::cli {
namespace {

/// CLI11 adds to a type's name what the values must be: `SECONDS:FLOAT in [0 - 100]`.
std::string valueName(const std::string& typeName) { return typeName.substr(0, typeName.find(':')); }

OptionText optionTextOf(const CLI::Option& option) {
  OptionText text;
  text.isArgument = option.get_positional();
  if (text.isArgument) {
    text.names.push_back(option.get_name(true));
  } else {
    for (const std::string& name : option.get_snames()) text.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) text.names.push_back("--" + name);
  }
  if (!text.isArgument && option.get_items_expected_max() > 0) text.value = valueName(option.get_type_name());
  text.about = option.get_description();
  text.isRequired = option.get_required();
  text.repeats = option.get_items_expected_max() > 1;
  return text;
}

}  // namespace

CommandText textOf(const CLI::App& app) {
  CommandText text = {
      .name = app.get_name(), .about = app.get_description(), .options = {}, .notes = app.get_footer()};
  for (const CLI::Option* option : app.get_options())
    if (!option->get_group().empty()) text.options.push_back(optionTextOf(*option));
  return text;
}

std::vector<CommandText> commandsOf(const CLI::App& program) {
  std::vector<CommandText> commands;
  for (const CLI::App* app : program.get_subcommands([](const CLI::App*) { return true; }))
    if (!app->get_group().empty()) commands.push_back(textOf(*app));
  return commands;
}

}  // namespace heaptap::cli
