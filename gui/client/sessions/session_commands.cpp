// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sessions/session_commands.h"

#include <utility>

namespace heaptap::gui {
namespace {

v1::ControlCommand messageOf(const LiveCommand& command) {
  using Kind = LiveCommand::Kind;
  v1::ControlCommand message;
  switch (command.kind) {
    case Kind::Pause: message.set_kind(v1::ControlCommand::KIND_PAUSE); break;
    case Kind::Resume: message.set_kind(v1::ControlCommand::KIND_RESUME); break;
    case Kind::Mark: message.set_kind(v1::ControlCommand::KIND_MARK); break;
    case Kind::Snapshot: message.set_kind(v1::ControlCommand::KIND_SNAPSHOT); break;
    case Kind::Stop: message.set_kind(v1::ControlCommand::KIND_STOP); break;
  }
  message.set_name(command.name.toStdString());
  return message;
}

}  // namespace

SessionCommands::SessionCommands(QueryClient& client, const QString& session, QObject* parent)
    : QObject(parent), m_client(client), m_session(session) {}

void SessionCommands::send(const LiveCommand& command) {
  m_waiting.push_back(command);
  if (m_waiting.size() == 1) next();
}

void SessionCommands::next() {
  m_request = m_client.ask<Result<void>>(
      [session = m_session.toStdString(), message = messageOf(m_waiting.front())](
          client::ProfileSource& source, const std::shared_ptr<Ticket>& ticket) {
        return source.command(session, message, ticket->stop());
      },
      [this](const Result<void>& outcome) {
        const LiveCommand command = std::move(m_waiting.front());
        m_waiting.pop_front();
        if (!m_waiting.empty()) next();
        if (outcome)
          emit done(command);
        else
          emit failed(command, outcome.error());
      });
}

}  // namespace heaptap::gui
