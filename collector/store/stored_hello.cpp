// SPDX-License-Identifier: Apache-2.0
#include "collector/store/stored_hello.h"

#include <string>

#include "collector/model/session_id.h"
#include "collector/store/rows.h"

namespace heaptap::store {
namespace {

std::string hexOf(const std::string& raw) {
  const auto id = model::SessionId::fromBytes(raw);
  return id ? id->hex() : std::string{};
}

std::string rawOf(std::string_view hex) {
  const auto id = model::SessionId::fromHex(hex);
  return id ? id->raw() : std::string{};
}

Result<void> loadArguments(Database& database, v1::Hello& hello) {
  return forEachRow(database, "SELECT * FROM argument ORDER BY position",
                    [&](const Statement& row) -> Result<void> {
                      hello.add_command(std::string(row.text("value")));
                      return {};
                    });
}

}  // namespace

Result<void> writeHello(Database& database, const v1::Hello& hello) {
  auto session = database.prepareInsert(
      "session", {"protocol", "id", "tree_id", "parent_id", "image", "agent_version", "executable",
                  "working_directory", "host", "pid", "parent_pid", "started_at_unix_ns", "time_unit_ns",
                  "sample_interval", "without_events"});
  if (!session) return tl::unexpected(session.error());
  auto written = session->run(
      Named{"protocol", hello.protocol()}, Named{"id", hexOf(hello.session_id())},
      Named{"tree_id", hexOf(hello.tree_id())}, Named{"parent_id", hexOf(hello.parent_session_id())},
      Named{"image", hello.image()}, Named{"agent_version", hello.agent_version()},
      Named{"executable", hello.executable()}, Named{"working_directory", hello.working_directory()},
      Named{"host", hello.host()}, Named{"pid", hello.pid()}, Named{"parent_pid", hello.parent_pid()},
      Named{"started_at_unix_ns", hello.started_at_unix_ns()}, Named{"time_unit_ns", hello.time_unit_ns()},
      Named{"sample_interval", hello.sample_interval()}, Named{"without_events", hello.without_events()});
  auto argument = database.prepareInsert("argument", {"position", "value"});
  if (!argument) return tl::unexpected(argument.error());
  for (int i = 0; written && i < hello.command_size(); ++i)
    written = argument->run(Named{"position", i}, Named{"value", hello.command(i)});
  return written;
}

Result<v1::Hello> loadHello(Database& database) {
  v1::Hello hello;
  bool isThere = false;
  const auto read = [&](const Statement& row) -> Result<void> {
    isThere = true;
    hello.set_protocol(row.as<std::uint32_t>("protocol"));
    hello.set_session_id(rawOf(row.text("id")));
    hello.set_tree_id(rawOf(row.text("tree_id")));
    hello.set_parent_session_id(rawOf(row.text("parent_id")));
    hello.set_image(row.as<std::uint32_t>("image"));
    hello.set_agent_version(std::string(row.text("agent_version")));
    hello.set_executable(std::string(row.text("executable")));
    hello.set_working_directory(std::string(row.text("working_directory")));
    hello.set_host(std::string(row.text("host")));
    hello.set_pid(row.as<std::uint32_t>("pid"));
    hello.set_parent_pid(row.as<std::uint32_t>("parent_pid"));
    hello.set_started_at_unix_ns(row.integer("started_at_unix_ns"));
    hello.set_time_unit_ns(row.as<std::uint32_t>("time_unit_ns"));
    hello.set_sample_interval(row.as<std::uint64_t>("sample_interval"));
    // A file from before has no such column.
    hello.set_without_events(row.has("without_events") && row.integer("without_events") != 0);
    return {};
  };
  auto loaded = forEachRow(database, "SELECT * FROM session LIMIT 1", read);
  if (loaded && !isThere)
    loaded = failure(Code::Corrupt, database.file().string(), "the table session is empty");
  return loaded.and_then([&] { return loadArguments(database, hello); }).map([&] {
    return std::move(hello);
  });
}

}  // namespace heaptap::store
