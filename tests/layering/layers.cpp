// SPDX-License-Identifier: Apache-2.0
#include "tests/layering/layers.h"

#include <algorithm>
#include <regex>

namespace heaptap::layering {
namespace {

/// A layer may include itself, the layers in `below`, and the system except what `banned` begins.
struct Layer {
  std::string_view folder;
  std::vector<std::string_view> below;
  std::vector<std::string_view> banned;
};

constexpr std::string_view kProto = "heaptap/v1";  // Generated from proto/heaptap/v1.

const std::vector<std::string_view> kHeavy{"grpc", "google/protobuf", "absl/", "sqlite3", "Q"};
const std::vector<std::string_view> kInTarget{
    "grpc",    "google/",        "absl/",    "sqlite3",     "Q",           "string>",
    "vector>", "thread>",        "mutex>",   "memory>",     "functional>", "iostream>",
    "map>",    "unordered_map>", "fstream>", "filesystem>", "stdexcept>"};
const std::vector<std::string_view> kInputOutputOrThreads{"grpc",
                                                          "sqlite3",
                                                          "Q",
                                                          "thread>",
                                                          "mutex>",
                                                          "shared_mutex>",
                                                          "condition_variable>",
                                                          "future>",
                                                          "semaphore>",
                                                          "stop_token>",
                                                          "fstream>",
                                                          "iostream>",
                                                          "cstdio>",
                                                          "stdio.h>",
                                                          "filesystem>",
                                                          "unistd.h>",
                                                          "fcntl.h>",
                                                          "pthread.h>",
                                                          "sys/"};

/// Included in the same words as by users, <heaptap/alloc/…>, and not from the root.
constexpr std::string_view kAlloc = "agent/alloc";
/// Likewise, for the frameworks of tests.
constexpr std::string_view kListeners = "agent/listeners";

bool isInstalled(std::string_view path) {
  return path == "heaptap/alloc.h" || path.starts_with("heaptap/alloc/");
}

/// STYLE's arrows. Collector: inner to outer model, ingest, store, query, service.
const std::vector<Layer> kLayers{
    {"base", {}, kHeavy},
    {"text", {}, kHeavy},
    {"columns", {"base"}, kInputOutputOrThreads},
    {"counting", {"base"}, kInputOutputOrThreads},
    {"blob", {"base"}, {"grpc", "absl/", "sqlite3", "Q"}},
    {"programs", {"base"}, kHeavy},
    {"proto/words", {"base", "text", "agent/include", kProto}, {"grpc", "sqlite3", "Q"}},
    {"rpc", {"base"}, {"sqlite3", "Q"}},
    {"agent/wire", {"agent/include"}, kInTarget},
    {"agent/alloc", {"agent/include"}, kHeavy},
    {"agent/include", {}, kInTarget},
    {kListeners, {"agent/include"}, kHeavy},
    // Rooms of one library, inner to outer.
    {"agent/relay/base",
     {"base", "rpc", "programs", "agent/wire", "agent/symbols", kProto},
     {"sqlite3", "Q"}},
    {"agent/relay/target",
     {"base", "rpc", "programs", "agent/wire", "agent/symbols", "agent/relay/base", kProto},
     {"sqlite3", "Q"}},
    {"agent/relay/memory",
     {"base", "rpc", "programs", "agent/wire", "agent/symbols", "agent/relay/target", kProto},
     {"sqlite3", "Q"}},
    {"agent/relay/names",
     {"base", "rpc", "programs", "agent/wire", "agent/symbols", "agent/relay/base", "agent/relay/target",
      kProto},
     {"sqlite3", "Q"}},
    {"agent/relay/encode",
     {"base", "rpc", "programs", "agent/wire", "agent/symbols", "agent/relay/base", "agent/relay/target",
      kProto},
     {"sqlite3", "Q"}},
    {"agent/relay/match",
     {"base", "rpc", "programs", "agent/wire", "agent/symbols", "agent/relay/base", "agent/relay/encode",
      kProto},
     {"sqlite3", "Q"}},
    {"agent/relay/drain",
     {"base", "rpc", "programs", "agent/wire", "agent/symbols", "agent/relay/base", "agent/relay/target",
      "agent/relay/memory", "agent/relay/names", "agent/relay/encode", "agent/relay/match", kProto},
     {"sqlite3", "Q"}},
    {"agent/relay/uplink",
     {"base", "rpc", "programs", "agent/wire", "agent/symbols", "agent/relay/base", kProto},
     {"sqlite3", "Q"}},
    {"agent/relay/admission",
     {"base", "rpc", "programs", "agent/wire", "agent/symbols", "agent/relay/base", kProto},
     {"sqlite3", "Q"}},
    {"agent/relay/pack",
     {"base", "rpc", "programs", "columns", "counting", "blob", "agent/wire", "agent/symbols",
      "agent/relay/base", "agent/relay/encode", kProto},
     {"sqlite3", "Q"}},
    {"agent/relay/process",
     {"base", "rpc", "programs", "agent/wire", "agent/symbols", "agent/relay/base", "agent/relay/target",
      "agent/relay/memory", "agent/relay/names", "agent/relay/encode", "agent/relay/drain",
      "agent/relay/pack", "agent/relay/uplink", kProto},
     {"sqlite3", "Q"}},
    {"agent/capture/system", {"agent/include", "agent/wire", "agent/alloc"}, kInTarget},
    {"agent/capture/memory",
     {"agent/include", "agent/wire", "agent/alloc", "agent/capture/system"},
     kInTarget},
    {"agent/capture/tables",
     {"agent/include", "agent/wire", "agent/alloc", "agent/capture/system", "agent/capture/memory"},
     kInTarget},
    {"agent/capture/unwind",
     {"agent/include", "agent/wire", "agent/alloc", "agent/capture/system", "agent/capture/memory",
      "agent/capture/tables"},
     kInTarget},
    {"agent/capture/record",
     {"agent/include", "agent/wire", "agent/alloc", "agent/capture/system", "agent/capture/memory",
      "agent/capture/tables", "agent/capture/unwind"},
     kInTarget},
    {"agent/capture/attach",
     {"agent/include", "agent/wire", "agent/alloc", "agent/capture/system", "agent/capture/memory",
      "agent/capture/tables", "agent/capture/unwind", "agent/capture/record"},
     kInTarget},
    {"agent/capture", {"agent/include", "agent/wire", "agent/alloc"}, kInTarget},
    {"agent/interpose", {"agent/include", "agent/capture", "agent/wire", "agent/alloc"}, kInTarget},
    {"agent/symbols", {"base"}, kHeavy},
    {"agent/relay", {"base", "rpc", "programs", "agent/wire", "agent/symbols", kProto}, {"sqlite3", "Q"}},
    {"collector/model", {"base", "counting"}, kInputOutputOrThreads},
    {"collector/ingest",
     {"base", "blob", "columns", "counting", "collector/model", kProto},
     {"sqlite3", "Q"}},
    {"collector/store",
     {"base", "blob", "columns", "counting", "collector/model", "collector/ingest", "catalogue", kProto},
     {"grpc", "Q"}},
    {"collector/replay",
     {"base", "blob", "counting", "collector/model", "collector/ingest", "collector/store", kProto},
     {"grpc", "sqlite3", "Q"}},
    {"collector/query",
     {"base", "text", "counting", "collector/model", "proto/words", kProto},
     {"sqlite3", "Q"}},
    {"collector/service",
     {"base", "blob", "rpc", "collector/model", "collector/ingest", "collector/store", "collector/replay",
      "collector/query", kProto},
     {"Q"}},
    {"collector/daemon", {"base", "rpc", "collector/service"}, {"sqlite3", "Q"}},
    // Before "client", which it is a part of: what only hosts link, as it opens files.
    {"client/files",
     {"base", "client", "collector/model", "collector/query", "collector/service", "collector/store", kProto},
     {"sqlite3", "Q"}},
    {"client",
     {"base", "text", "rpc", "proto/words", "collector/model", "collector/ingest", kProto},
     {"sqlite3", "Q"}},
    // Before "analysis", which it is a part of: what is in files.
    {"analysis/files", {"base", "analysis", "programs"}, {"grpc", "sqlite3", "Q"}},
    {"analysis",
     {"base", "text", "proto/words", "client", "collector/model", kProto},
     {"grpc", "sqlite3", "Q", "fstream>", "iostream>", "thread>", "unistd.h>", "fcntl.h>"}},
    {"export",
     {"base", "text", "proto/words", "client", "analysis", "collector/model", kProto},
     {"grpc", "sqlite3", "Q"}},
    {"import",
     {"base", "blob", "counting", "text", "collector/model", "collector/ingest", "collector/store", kProto},
     {"grpc", "sqlite3", "Q"}},
    {"sql",
     {"base", "blob", "text", "proto/words", "client", "collector/model", "collector/ingest",
      "collector/store", "collector/replay", "collector/query", kProto},
     {"grpc", "Q"}},
    // Before "cli", which it is a part of: what looks at a stored session itself, to give it names.
    {"cli/symbolize",
     {"base", "text", "cli", "collector/model", "collector/store", "agent/symbols", kProto},
     {"sqlite3", "Q"}},
    {"cli",
     {"base", "text", "programs", "proto/words", "rpc", "client", "analysis", "export", "import", "sql",
      "collector/service", "collector/store", "agent/symbols", kProto},
     {"sqlite3", "Q"}},
    {"gui/models", {"text"}, {"grpc", "google/", "sqlite3", "QtWidgets", "QtGui"}},
    {"gui/client",
     {"base", "text", "rpc", "proto/words", "client", "analysis", "export", "collector/model", "gui/models",
      kProto},
     {"sqlite3", "QtWidgets"}},
    {"gui/views", {"gui/models"}, {"grpc", "google/", "sqlite3"}},
    {"gui/app",
     {"base", "rpc", "client", "client/files", "analysis", "analysis/files", "import", "sql", "gui/models",
      "gui/client", "gui/views", kProto},
     {"sqlite3"}},
};

bool isIn(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

const Layer* findLayer(std::string_view path) {
  const auto layer = std::find_if(kLayers.begin(), kLayers.end(),
                                  [path](const Layer& candidate) { return isIn(path, candidate.folder); });
  return layer == kLayers.end() ? nullptr : &*layer;
}

/// "thread>" means exactly <thread>, "sys/" everything below, "Q" all that begin with it.
bool matches(std::string_view path, std::string_view pattern) {
  if (pattern.ends_with('>')) return path == pattern.substr(0, pattern.size() - 1);
  return path.starts_with(pattern);
}

}  // namespace

std::vector<Include> includesIn(std::string_view source) {
  static const std::regex kDirective(R"((?:^|\n)[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"])");
  std::vector<Include> includes;
  for (std::cregex_iterator match(source.data(), source.data() + source.size(), kDirective), end;
       match != end; ++match) {
    includes.push_back({(*match)[2].str(), (*match)[1].str() == "\""});
  }
  return includes;
}

std::optional<std::string> layerOf(std::string_view path) {
  const Layer* const layer = findLayer(path);
  if (layer == nullptr) return std::nullopt;
  return std::string(layer->folder);
}

std::optional<std::string> violation(std::string_view file, const Include& include) {
  const Layer* const layer = findLayer(file);
  if (layer == nullptr) return "belongs to no layer: give its folder a place in tests/layering/layers.cpp";
  const std::string folder(layer->folder);
  if (isInstalled(include.path)) {
    if (folder == kAlloc) return std::nullopt;
    for (const std::string_view below : layer->below) {
      if (below == kAlloc) return std::nullopt;
    }
    return folder + " must not know " + include.path;
  }
  if (isIn(include.path, kProto) || include.quoted) {
    if (isIn(include.path, folder)) return std::nullopt;
    for (const std::string_view below : layer->below) {
      if (isIn(include.path, below)) return std::nullopt;
    }
    // A generated or third-party header in quotes has no layer; one of ours must be below.
    if (isIn(include.path, kProto) || findLayer(include.path) != nullptr) {
      return folder + " must not know " + include.path;
    }
    // What is installed finds its neighbours wherever it is installed.
    const bool isInstalledNeighbour = folder == "agent/include";
    if (include.path.find('/') == std::string::npos && !isInstalledNeighbour)
      return include.path + " is not written from the root";
  }
  for (const std::string_view pattern : layer->banned) {
    if (matches(include.path, pattern)) return folder + " must do without " + include.path;
  }
  return std::nullopt;
}

}  // namespace heaptap::layering
