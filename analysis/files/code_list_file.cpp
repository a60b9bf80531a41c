// SPDX-License-Identifier: Apache-2.0
#include "analysis/files/code_list_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/text_file.h"

namespace heaptap::analysis {
namespace {

constexpr const char* kWhat = "list of own code";
constexpr const char* kNamedBy = "HEAPTAP_OWN_CODE";

std::string settingsFolder() {
  const char* const settings = std::getenv("XDG_CONFIG_HOME");
  // XDG Base Directory Specification: what is not absolute is ignored.
  if (settings != nullptr && settings[0] == '/') return settings;
  const char* const home = std::getenv("HOME");
  return home != nullptr && home[0] == '/' ? std::string(home) + "/.config" : std::string();
}

}  // namespace

std::string codeListFile() {
  if (const char* const named = std::getenv(kNamedBy); named != nullptr) return named;
  const std::string folder = settingsFolder();
  return folder.empty() ? folder : folder + "/heaptap/own-code";
}

Result<std::string> readCodeListText(const std::string& file) {
  if (file.empty()) return std::string();
  auto text = readTextFile(file, kWhat);
  // Whoever may not even look into the folder of settings, as another user's program, has no list there.
  const bool isReachable = text || ::access(file.c_str(), F_OK) == 0;
  if (!isReachable && (errno == ENOENT || errno == ENOTDIR || std::getenv(kNamedBy) == nullptr))
    return std::string();
  return text;
}

Result<void> useCodeListOf(const std::string& file) {
  return readCodeListText(file)
      .and_then([&](const std::string& text) { return CodeList::parse(file, text); })
      .map([](CodeList list) {
        useCodeList(list.empty() ? nullptr : std::make_shared<const CodeList>(std::move(list)));
      });
}

}  // namespace heaptap::analysis
