// SPDX-License-Identifier: Apache-2.0
#include "analysis/files/code_list_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/text_file.h"
#include "base/unique_fd.h"

namespace heaptap::analysis {
namespace {

constexpr const char* kWhat = "list of own code";

std::string settingsFolder() {
  const char* const settings = std::getenv("XDG_CONFIG_HOME");
  // XDG Base Directory Specification: what is not absolute is ignored.
  if (settings != nullptr && settings[0] == '/') return settings;
  const char* const home = std::getenv("HOME");
  return home != nullptr && home[0] == '/' ? std::string(home) + "/.config" : std::string();
}

tl::unexpected<Error> cannotWrite(const std::string& file) {
  return systemFailure(Code::NotWritable, file, std::string("cannot write the ") + kWhat,
                       "make its folder writable, or name another file by HEAPTAP_OWN_CODE");
}

bool writeAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0;
}

}  // namespace

std::string codeListFile() {
  if (const char* const named = std::getenv("HEAPTAP_OWN_CODE"); named != nullptr) return named;
  const std::string folder = settingsFolder();
  return folder.empty() ? folder : folder + "/heaptap/own-code";
}

Result<std::string> readCodeListText(const std::string& file) {
  if (file.empty()) return std::string();
  auto text = readTextFile(file, kWhat);
  if (!text && text.error().code == Code::NotFound && ::access(file.c_str(), F_OK) != 0) return std::string();
  return text;
}

Result<void> useCodeListOf(const std::string& file) {
  return readCodeListText(file)
      .and_then([&](const std::string& text) { return CodeList::parse(file, text); })
      .map([](CodeList list) {
        useCodeList(list.empty() ? nullptr : std::make_shared<const CodeList>(std::move(list)));
      });
}

Result<void> writeCodeListText(const std::string& file, std::string_view text) {
  if (file.empty())
    return failure(Code::NotWritable, kWhat, "there is no folder of settings to keep it in",
                   "set HOME, or name a file by HEAPTAP_OWN_CODE");
  if (auto list = CodeList::parse(file, text); !list) return tl::unexpected(std::move(list.error()));
  std::error_code ignored;  // The file says what is wrong.
  // A link of the user's stays one.
  const std::filesystem::path real = std::filesystem::weakly_canonical(file, ignored);
  const std::string target = ignored ? file : real.string();
  std::filesystem::create_directories(std::filesystem::path(target).parent_path(), ignored);
  const std::string fresh = target + ".new." + std::to_string(::getpid());
  const UniqueFd out(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!out) return cannotWrite(file);
  if (!writeAll(out.get(), text) || ::rename(fresh.c_str(), target.c_str()) != 0) {
    auto failed = cannotWrite(file);
    (void)::unlink(fresh.c_str());
    return failed;
  }
  return {};
}

}  // namespace heaptap::analysis
