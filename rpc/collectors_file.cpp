// SPDX-License-Identifier: Apache-2.0
#include "rpc/collectors_file.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

#include "rpc/private_file.h"

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
// What it asserts of a text, it also checks: a wrong file is an error in every build.
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

namespace heaptap::rpc {
namespace fs = std::filesystem;
namespace {

std::string at(const std::string& file, const toml::source_region& region) {
  return file + ":" + std::to_string(region.begin.line) + ":" + std::to_string(region.begin.column);
}

const SecuritySetting* settingCalled(std::string_view name) {
  for (const SecuritySetting& setting : kSecuritySettings)
    if (name == setting.name) return &setting;
  return nullptr;
}

Result<ClientSecurity> readSecurity(const std::string& file, const toml::table& entries) {
  ClientSecurity security;
  for (const auto& [key, node] : entries) {
    const SecuritySetting* const setting = settingCalled(key.str());
    const auto value = node.value_exact<std::string>();
    if (setting == nullptr || !value)
      return failure(Code::Usage, at(file, node.source()),
                     setting == nullptr ? "there is no setting " + std::string(key.str())
                                        : std::string(setting->name) + " is no text in quotes",
                     "docs/network.md describes the file");
    const bool isRelative = setting->isFile && !value->empty() && value->front() != '/';
    security.*setting->member = isRelative ? (fs::path(file).parent_path() / *value).string() : *value;
  }
  return security;
}

}  // namespace

std::string collectorsFile() {
  const char* const set = std::getenv("XDG_CONFIG_HOME");
  // XDG Base Directory Specification: what is not absolute is ignored.
  if (set != nullptr && set[0] == '/') return (fs::path(set) / "heaptap/collectors.toml").string();
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') {
    const passwd* const user = ::getpwuid(::geteuid());
    home = user == nullptr ? nullptr : user->pw_dir;
  }
  if (home == nullptr || home[0] != '/') return {};
  return (fs::path(home) / ".config/heaptap/collectors.toml").string();
}

Result<Collectors> readCollectors() {
  const std::string file = collectorsFile();
  Collectors collectors;
  if (file.empty()) return collectors;
  auto text = readPublicFile(file);
  if (!text && text.error().code == Code::NotFound) return collectors;
  if (!text) return tl::unexpected(std::move(text.error()));
  const toml::parse_result parsed = toml::parse(std::string_view(*text));
  if (!parsed)
    return failure(Code::Usage, at(file, parsed.error().source()), std::string(parsed.error().description()),
                   "docs/network.md describes the file, which is TOML");
  for (const auto& [address, node] : parsed.table()) {
    const toml::table* const entries = node.as_table();
    if (entries == nullptr)
      return failure(Code::Usage, at(file, node.source()), std::string(address.str()) + " is no table",
                     "docs/network.md describes the file");
    auto security = readSecurity(file, *entries);
    if (!security) return tl::unexpected(std::move(security.error()));
    collectors.emplace(address.str(), std::move(*security));
  }
  return collectors;
}

Result<void> keepSecurity(const std::string& address, const ClientSecurity& security) {
  const std::string file = collectorsFile();
  if (file.empty())
    return failure(Code::NotWritable, address, "there is no home folder to keep its files in");
  auto collectors = readCollectors();
  if (!collectors) return tl::unexpected(std::move(collectors.error()));
  const auto known = collectors->find(address);
  if (security == (known == collectors->end() ? ClientSecurity{} : known->second)) return {};
  collectors->erase(address);
  if (security != ClientSecurity{}) collectors->emplace(address, security);
  toml::table root;
  for (const auto& [each, files] : *collectors) {
    toml::table entries;
    for (const SecuritySetting& setting : kSecuritySettings)
      if (!(files.*setting.member).empty()) entries.insert(setting.name, files.*setting.member);
    root.insert(each, std::move(entries));
  }
  std::error_code error;
  const fs::path folder = fs::path(file).parent_path();
  fs::create_directories(folder.parent_path(), error);
  (void)::mkdir(folder.c_str(), 0700);
  const std::string made = file + "." + std::to_string(::getpid());
  {
    std::ofstream out(made, std::ios::trunc);
    out << "# What heaptap uses at collectors, by address: docs/network.md\n" << root << '\n';
    if (!out.flush()) return systemFailure(Code::NotWritable, file, "cannot be written");
  }
  if (::rename(made.c_str(), file.c_str()) != 0) {
    (void)::unlink(made.c_str());
    return systemFailure(Code::NotWritable, file, "cannot be written");
  }
  return {};
}

}  // namespace heaptap::rpc
