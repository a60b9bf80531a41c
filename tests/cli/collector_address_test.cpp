// SPDX-License-Identifier: Apache-2.0
//
// A collector's address at which there is none: one line, the documented status, and COMMAND is not started.
#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string_view>
#include <thread>

#include "heaptap/v1/control.grpc.pb.h"
#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::cli {
namespace {

using test::Outcome;
using testing::HasSubstr;
using testing::IsEmpty;

/// A web server, which answers everything in the same way.
class WebServer {
 public:
  WebServer() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(m_listener, reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(m_listener, 8), 0);
    getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &size);
    m_port = ntohs(address.sin_port);
    m_thread = std::thread([this] { serve(); });
  }
  ~WebServer() {
    shutdown(m_listener, SHUT_RDWR);
    m_thread.join();
    close(m_listener);
  }
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(m_port); }

 private:
  void serve() const {
    for (int peer = 0; (peer = accept(m_listener, nullptr, nullptr)) >= 0; close(peer)) {
      constexpr std::string_view kAnswer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
      char request[4096];
      (void)!recv(peer, request, sizeof request, 0);
      (void)!send(peer, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
    }
  }
  int m_listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t m_port = 0;
  std::thread m_thread;
};

class CollectorAddress : public testing::Test {
 protected:
  void expectRefusal(const std::string& address, const char* what) const {
    expectOneLine({"run", "--collector", address, "touch", m_folder / "started"}, 125, what);
    EXPECT_FALSE(std::filesystem::exists(m_folder / "started"));
    expectOneLine({"report", "--collector", address, "abcd"}, 8, what);
    expectOneLine({"ls", "--collector", address}, 8, what);
  }
  static void expectOneLine(std::vector<std::string> arguments, int status, const char* what) {
    const std::string subcommand = arguments[0];
    arguments.insert(arguments.begin(), HEAPTAP_PROGRAM);
    const Outcome outcome = test::runProcess({.argv = std::move(arguments)});
    EXPECT_EQ(outcome.status, status) << subcommand;
    EXPECT_THAT(outcome.err, HasSubstr(what)) << subcommand;
    EXPECT_TRUE(outcome.err.starts_with("heaptap: ")) << outcome.err;
    EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1) << outcome.err;
    EXPECT_THAT(outcome.out, IsEmpty());
  }
  test::TemporaryFolder m_folder;
};

TEST_F(CollectorAddress, WhereNoListener) {
  expectRefusal("unix:" + (m_folder / "nothing").string(), "no collector answers there");
  expectRefusal("127.0.0.1:1", "no collector answers there");
}

TEST_F(CollectorAddress, OfAWebServer) {
  const WebServer server;
  expectRefusal(server.address(), "no collector answers there");
}

TEST_F(CollectorAddress, OfAnotherGrpcServer) {
  const std::string address = "unix:" + (m_folder / "other").string();
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  v1::Control::Service other;
  builder.RegisterService(&other);
  const auto server = builder.BuildAndStart();
  ASSERT_TRUE(server);
  expectRefusal(address, "what answers there is no collector of heaptap");
}

TEST_F(CollectorAddress, ThatMakesNoSense) { expectRefusal("unix:", "no collector answers there"); }

}  // namespace
}  // namespace heaptap::cli
