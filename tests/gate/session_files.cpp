// SPDX-License-Identifier: Apache-2.0
#include "tests/gate/session_files.h"

#include <gtest/gtest.h>

namespace heaptap::test {

Outcome SessionFiles::heaptap(std::vector<std::string> arguments, std::string_view input) const {
  arguments.insert(arguments.begin(), HEAPTAP_COMMAND);
  return runProcess({.argv = std::move(arguments),
                     .environment = {{"LD_PRELOAD", std::nullopt}, {"HEAPTAP_RELAY", std::nullopt}},
                     .folder = m_folder.path()},
                    input);
}

std::string SessionFiles::record(const std::string& name, const std::vector<std::string>& command,
                                 const std::vector<std::string>& options, std::string_view input) const {
  const std::string file = (m_folder / (name + ".heaptap")).string();
  std::vector<std::string> arguments{"run", "-q", "--exact", "-o", file};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.push_back("--");
  arguments.insert(arguments.end(), command.begin(), command.end());
  const Outcome outcome = heaptap(arguments, input);
  EXPECT_EQ(outcome.err, "") << name;
  return file;
}

nlohmann::json SessionFiles::json(const std::vector<std::string>& arguments, int status) const {
  const Outcome outcome = heaptap(arguments);
  EXPECT_EQ(outcome.status, status) << outcome.err;
  nlohmann::json read = nlohmann::json::parse(outcome.out, nullptr, false);
  EXPECT_FALSE(read.is_discarded()) << outcome.out << outcome.err;
  return read.is_discarded() ? nlohmann::json::object() : read;
}

std::string gatedProgram(const std::string& name) { return std::string(GATED_PROGRAMS) + "/" + name; }

bool isBuilt(const std::string& build) {
  return ("," + std::string(GATED_BUILDS) + ",").find("," + build + ",") != std::string::npos;
}

}  // namespace heaptap::test
