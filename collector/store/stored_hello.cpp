// SPDX-License-Identifier: Apache-2.0
#include "collector/store/stored_hello.h"

#include <string>

#include "collector/model/session_id.h"

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
  auto arguments = database.prepare("SELECT value FROM argument ORDER BY position");
  if (!arguments) return tl::unexpected(arguments.error());
  for (;;) {
    const auto row = arguments->next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    hello.add_command(std::string(arguments->text(0)));
  }
}

}  // namespace

Result<void> writeHello(Database& database, const v1::Hello& hello) {
  auto session = database.prepare("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!session) return tl::unexpected(session.error());
  auto written =
      session->run(hello.protocol(), hexOf(hello.session_id()), hexOf(hello.tree_id()),
                   hexOf(hello.parent_session_id()), hello.image(), hello.agent_version(), hello.executable(),
                   hello.working_directory(), hello.host(), hello.pid(), hello.parent_pid(),
                   hello.started_at_unix_ns(), hello.time_unit_ns(), hello.sample_interval());
  auto argument = database.prepare("INSERT INTO argument VALUES (?, ?)");
  if (!argument) return tl::unexpected(argument.error());
  for (int i = 0; written && i < hello.command_size(); ++i) written = argument->run(i, hello.command(i));
  return written;
}

Result<v1::Hello> loadHello(Database& database) {
  auto session = database.prepare(
      "SELECT protocol, id, tree_id, parent_id, image, agent_version, executable, working_directory, host, "
      "pid, "
      "parent_pid, started_at_unix_ns, time_unit_ns, sample_interval FROM session");
  if (!session) return tl::unexpected(session.error());
  const auto row = session->next();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return failure(Code::Corrupt, database.file().string(), "the table session is empty");
  v1::Hello hello;
  hello.set_protocol(session->as<std::uint32_t>(0));
  hello.set_session_id(rawOf(session->text(1)));
  hello.set_tree_id(rawOf(session->text(2)));
  hello.set_parent_session_id(rawOf(session->text(3)));
  hello.set_image(session->as<std::uint32_t>(4));
  hello.set_agent_version(std::string(session->text(5)));
  hello.set_executable(std::string(session->text(6)));
  hello.set_working_directory(std::string(session->text(7)));
  hello.set_host(std::string(session->text(8)));
  hello.set_pid(session->as<std::uint32_t>(9));
  hello.set_parent_pid(session->as<std::uint32_t>(10));
  hello.set_started_at_unix_ns(session->integer(11));
  hello.set_time_unit_ns(session->as<std::uint32_t>(12));
  hello.set_sample_interval(session->as<std::uint64_t>(13));
  return loadArguments(database, hello).map([&] { return std::move(hello); });
}

}  // namespace heaptap::store
