// SPDX-License-Identifier: Apache-2.0
//
// TLS and tokens as users meet them: a daemon on a TCP port, and every kind of client of it.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <regex>

#include "base/unique_fd.h"
#include "tests/support/certificates.h"
#include "tests/support/child_process.h"
#include "tests/support/document_recipes.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kToken = "0123456789abcdef-build-hosts";
constexpr const char* kOther = "fedcba9876543210-desktops";

class Secure : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  void SetUp() override { m_host = m_certificates.make("host"); }

  /// A daemon that speaks TLS, with these options too.
  void start(const Words& options) {
    Words argv{HEAPTAPD, "--listen", "127.0.0.1:0", "--data", m_folder / "data"};
    argv.insert(argv.end(), options.begin(), options.end());
    m_daemon.emplace(Launch{.argv = argv});
    ASSERT_TRUE(m_daemon->waitForOutput("sessions in")) << m_daemon->finish().err;
    const std::string& said = m_daemon->output();
    const std::size_t begin = said.find("listening on ") + 13;
    m_address = said.substr(begin, said.find(',', begin) - begin);
  }
  [[nodiscard]] Words tls(const Certificates::Pair& pair) const {
    return {"--tls-certificate", pair.certificate, "--tls-key", pair.key};
  }
  void startTls(const Words& options = {}) {
    Words all = tls(m_host);
    all.insert(all.end(), options.begin(), options.end());
    start(all);
    EXPECT_TRUE(m_address.starts_with("tls://127.0.0.1:")) << m_address;
  }
  [[nodiscard]] std::string tokens(const std::string& text) const {
    return m_certificates.write("tokens", text);
  }
  [[nodiscard]] std::string token(const std::string& text = kToken) const {
    return m_certificates.write("token", text + "\n");
  }

  /// Its own home, so that nothing of the tester's is read.
  [[nodiscard]] Outcome heaptap(Words arguments,
                                std::map<std::string, std::optional<std::string>> environment = {}) const {
    arguments.insert(arguments.begin(), HEAPTAP_COMMAND);
    environment.insert({"XDG_CONFIG_HOME", m_folder.path().string()});
    return runProcess({.argv = std::move(arguments), .environment = std::move(environment)});
  }
  [[nodiscard]] Outcome list(Words options = {}) const {
    options.insert(options.begin(), {"ls", "--collector", m_address});
    return heaptap(std::move(options));
  }
  /// What `ls` and `run` have to say of it, in one line.
  void expectRefusal(const Words& options, int status, const testing::Matcher<std::string>& what) const {
    Words run{"run", "--collector", m_address};
    run.insert(run.end(), options.begin(), options.end());
    run.insert(run.end(), {"--", "touch", m_folder / "started"});
    for (const auto& [outcome, expected] : {std::pair(list(options), status), std::pair(heaptap(run), 125)}) {
      EXPECT_EQ(outcome.status, expected) << outcome.err;
      EXPECT_THAT(outcome.err, AllOf(testing::StartsWith("heaptap: "), what));
      EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1) << outcome.err;
      EXPECT_EQ(outcome.out, "");
    }
    EXPECT_FALSE(std::filesystem::exists(m_folder / "started"));
  }
  [[nodiscard]] std::uint16_t port() const {
    return static_cast<std::uint16_t>(std::stoi(m_address.substr(m_address.rfind(':') + 1)));
  }
  /// Says this to the daemon, and returns when it has closed the connection; what it has answered.
  [[nodiscard]] std::string answerTo(std::string_view words) const {
    const UniqueFd peer(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(peer.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::send(peer.get(), words.data(), words.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(words.size()));
    std::string answer;
    char some[256];
    for (ssize_t bytes = 0; (bytes = ::recv(peer.get(), some, sizeof some, 0)) > 0;)
      answer.append(some, static_cast<std::size_t>(bytes));
    return answer;
  }

  Certificates m_certificates;
  Certificates::Pair m_host;
  TemporaryFolder m_folder;
  std::optional<ChildProcess> m_daemon;
  std::string m_address;
};

TEST_F(Secure, AProgramIsRecordedAndReported) {
  startTls(
      {"--token-file", tokens("# build hosts\n" + std::string(kToken) + "\n\n# desktops\n" + kOther + "\n")});
  const Words in{"--tls-ca", m_certificates.ca(), "--token-file", token()};
  Words run{"run", "--collector", m_address};
  run.insert(run.end(), in.begin(), in.end());
  run.insert(run.end(), {"--", "jq", "-n", "[range(100)] | length"});
  const Outcome recorded = heaptap(run);
  EXPECT_EQ(recorded.status, 0) << recorded.err;
  EXPECT_EQ(recorded.out, "100\n");
  const Outcome listed = list(in);
  EXPECT_EQ(listed.status, 0) << listed.err;
  EXPECT_THAT(listed.out, HasSubstr("jq"));
  std::smatch id;
  ASSERT_TRUE(std::regex_search(listed.out, id, std::regex("[0-9a-f]{32}"))) << listed.out;
  Words report{"report", "--collector", m_address, id.str().substr(0, 8)};
  report.insert(report.end(), in.begin(), in.end());
  const Outcome reported = heaptap(report);
  EXPECT_EQ(reported.status, 0) << reported.err << listed.out;
  EXPECT_THAT(reported.out, HasSubstr("jq"));
  m_daemon->signal(SIGTERM);
  EXPECT_EQ(m_daemon->finish().status, 0);
}

TEST_F(Secure, VariablesAndTheFileOfCollectorsSayTheSame) {
  startTls({"--token-file", tokens(kToken)});
  EXPECT_EQ(heaptap({"ls", "--collector", m_address},
                    {{"HEAPTAP_TLS_CA", m_certificates.ca()}, {"HEAPTAP_TOKEN_FILE", token()}})
                .status,
            0);
  std::filesystem::create_directory(m_folder / "heaptap");
  m_folder.write("heaptap/token", kToken);
  m_folder.write("heaptap/collectors.toml", "[\"" + m_address + "\"]\ntls-ca = \"" + m_certificates.ca() +
                                                "\"\ntoken-file = \"token\"\n");
  const Outcome listed = list();
  EXPECT_EQ(listed.status, 0) << listed.err;
  m_folder.write("heaptap/collectors.toml", "[\"" + m_address + "\"]\ntoken = \"secret\"\n");
  const Outcome wrong = list();
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("collectors.toml:2:9: there is no setting token"));
}

TEST_F(Secure, ARelayThatALibraryStartsUsesTheVariables) {
  startTls({"--token-file", tokens(kToken)});
  const Outcome ran = runProcess({.argv = {"jq", "-n", "1"},
                                  .environment = {{"LD_PRELOAD", HEAPTAP_PRELOAD},
                                                  {"HEAPTAP_COLLECTOR", m_address},
                                                  {"HEAPTAP_TLS_CA", m_certificates.ca()},
                                                  {"HEAPTAP_TOKEN_FILE", token()},
                                                  {"HEAPTAP_VERBOSE", "1"},
                                                  {"XDG_RUNTIME_DIR", m_folder.path().string()}}});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_TRUE(m_daemon->waitForError("heaptapd: stored ")) << ran.err;
}

TEST_F(Secure, WithoutTheRightTokenNobodyIsLetIn) {
  startTls({"--token-file", tokens(kToken)});
  const Words ca{"--tls-ca", m_certificates.ca()};
  expectRefusal(ca, 7, HasSubstr("the collector wants a token; say --token-file FILE"));
  Words wrong = ca;
  wrong.insert(wrong.end(), {"--token-file", token(kOther)});
  expectRefusal(wrong, 7, HasSubstr("the collector does not know the token in " + token(kOther)));
}

TEST_F(Secure, ARecordingThatIsNoLongerLetInSaysSo) {
  startTls({"--token-file", tokens(kToken)});
  Words run{HEAPTAP_COMMAND, "run", "--collector", m_address, "--tls-ca", m_certificates.ca()};
  run.insert(run.end(), {"--token-file", token(), "--", "cat"});
  ChildProcess recorded({.argv = run, .environment = {{"XDG_CONFIG_HOME", m_folder.path().string()}}});
  ASSERT_TRUE(m_daemon->waitForError("heaptapd: recording "));
  m_daemon->signal(SIGKILL);
  EXPECT_EQ(m_daemon->finish().status, 128 + SIGKILL);
  Words again{HEAPTAPD, "--listen", m_address.substr(6), "--data", m_folder / "data"};
  for (const std::string& word : tls(m_host)) again.push_back(word);
  again.insert(again.end(), {"--token-file", tokens(kOther)});
  m_daemon.emplace(Launch{.argv = again});
  ASSERT_TRUE(m_daemon->waitForOutput("sessions in"));
  const Outcome ended = recorded.finish();
  EXPECT_EQ(ended.status, 0) << "it is COMMAND's own";
  EXPECT_THAT(ended.err, HasSubstr("the collector does not know the token in " + token()));
}

TEST_F(Secure, ARelayThatALibraryStartsSaysInItsLogThatItIsNotLetIn) {
  startTls({"--token-file", tokens(kToken)});
  const Outcome ran = runProcess({.argv = {"jq", "-n", "1"},
                                  .environment = {{"LD_PRELOAD", HEAPTAP_PRELOAD},
                                                  {"HEAPTAP_COLLECTOR", m_address},
                                                  {"HEAPTAP_TLS_CA", m_certificates.ca()},
                                                  {"HEAPTAP_TOKEN_FILE", token(kOther)},
                                                  {"XDG_RUNTIME_DIR", m_folder.path().string()}}});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out, "1\n");
  const auto log = m_folder / "heaptap/relay.log";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  const auto says = [&] {
    return std::filesystem::exists(log) && readFile(log).find("does not know the token") != std::string::npos;
  };
  while (!says()) ASSERT_LT(std::chrono::steady_clock::now(), deadline) << readFile(log);
}

TEST_F(Secure, ARelayDoesNotStartWithFilesThatAreNoGood) {
  const std::string open = m_folder.write("open", kToken, std::filesystem::perms(0644));
  const Outcome refused = runProcess({.argv = {HEAPTAP_RELAY_PROGRAM, "--socket", m_folder / "relay.sock",
                                               "--collector", "tls://127.0.0.1:1", "--token-file", open}});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("chmod 600 " + open));
}

TEST_F(Secure, TheDoctorAsksTheCollectorOfTheEnvironment) {
  startTls({"--token-file", tokens(kToken)});
  const auto doctor = [&](const std::string& tokenFile) {
    return heaptap({"doctor"}, {{"HEAPTAP_COLLECTOR", m_address},
                                {"HEAPTAP_TLS_CA", m_certificates.ca()},
                                {"HEAPTAP_TOKEN_FILE", tokenFile}})
        .out;
  };
  EXPECT_THAT(doctor(token()), HasSubstr("the collector of HEAPTAP_COLLECTOR answers"));
  EXPECT_THAT(doctor(token(kOther)),
              HasSubstr("note     " + m_address + ": the collector does not know the token"));
}

TEST_F(Secure, TokensAreAskedForWithoutTlsToo) {
  start({"--listen", "unix:" + (m_folder / "socket").string(), "--token-file", tokens(kToken)});
  expectRefusal({}, 7, HasSubstr("the collector wants a token"));
  EXPECT_EQ(list({"--token-file", token()}).status, 0);
  m_address = "unix:" + (m_folder / "socket").string();
  expectRefusal({}, 7, HasSubstr("the collector wants a token"));
  const Outcome listed = list({"--token-file", token()});
  EXPECT_EQ(listed.status, 0) << listed.err;
}

TEST_F(Secure, TokensComeAndGoWhileItRuns) {
  const std::string file = tokens(kToken);
  startTls({"--token-file", file});
  const Words in{"--tls-ca", m_certificates.ca(), "--token-file", token()};
  EXPECT_EQ(list(in).status, 0);
  EXPECT_EQ(tokens(kOther), file);
  EXPECT_EQ(list(in).status, 7);
  EXPECT_EQ(tokens("short\n"), file);
  EXPECT_EQ(list(in).status, 7) << "the ones before stay";
  EXPECT_TRUE(m_daemon->waitForError("line 1 is no token")) << "and it is said";
  std::filesystem::remove(file);
  EXPECT_EQ(list({"--tls-ca", m_certificates.ca(), "--token-file", token(kOther)}).status, 0);
  EXPECT_EQ(tokens(std::string("# a team\n") + kToken + "\n"), file);
  EXPECT_EQ(list({"--tls-ca", m_certificates.ca(), "--token-file", token(kToken)}).status, 0);
}

TEST_F(Secure, ACertificateThatNobodyKnows) {
  startTls();
  expectRefusal({}, 7, HasSubstr("signed by nobody who is trusted here; say --tls-ca FILE"));
  const Certificates others;
  expectRefusal({"--tls-ca", others.ca()}, 7, HasSubstr("signed by nobody who is trusted here"));
}

TEST_F(Secure, ACertificateThatHasExpired) {
  m_host = m_certificates.make("expired", "IP:127.0.0.1", -1);
  startTls();
  expectRefusal({"--tls-ca", m_certificates.ca()}, 7, HasSubstr("was valid until 20"));
}

TEST_F(Secure, ACertificateOfAnotherHost) {
  m_host = m_certificates.make("elsewhere", "DNS:elsewhere.example");
  startTls();
  expectRefusal({"--tls-ca", m_certificates.ca()}, 7,
                HasSubstr("the collector's certificate is not for 127.0.0.1"));
  const Outcome named = list({"--tls-ca", m_certificates.ca(), "--tls-server-name", "elsewhere.example"});
  EXPECT_EQ(named.status, 0) << named.err;
}

TEST_F(Secure, ClientsNeedCertificatesWhereThatIsWanted) {
  startTls({"--tls-client-ca", m_certificates.ca()});
  const Words ca{"--tls-ca", m_certificates.ca()};
  expectRefusal(ca, 7, HasSubstr("the collector wants a certificate of its clients"));
  const auto with = [&](const Certificates::Pair& pair) {
    Words words = tls(pair);
    words.insert(words.end(), ca.begin(), ca.end());
    return words;
  };
  const Outcome listed = list(with(m_certificates.make("client", "DNS:client")));
  EXPECT_EQ(listed.status, 0) << listed.err;
  const Certificates others;
  expectRefusal(with(others.make("stranger")), 7,
                HasSubstr("the collector does not take this client's certificate"));
}

TEST_F(Secure, PlainAtTlsAndTlsAtPlain) {
  startTls();
  m_address = m_address.substr(6);
  expectRefusal({}, 8, HasSubstr("TLS is spoken there; write tls://" + m_address));
  m_daemon.reset();
  start({});
  m_address = "tls://" + m_address;
  expectRefusal({"--tls-ca", m_certificates.ca()}, 8, HasSubstr("does not speak TLS; leave tls:// out"));
}

TEST_F(Secure, FilesThatAreNoGood) {
  m_address = "tls://127.0.0.1:1";
  const std::string nowhere = m_folder / "nowhere";
  expectRefusal({"--token-file", nowhere}, 3, HasSubstr(nowhere + ": cannot be read"));
  const std::string open = m_folder.write("open", kToken, std::filesystem::perms(0644));
  expectRefusal({"--token-file", open}, 7, HasSubstr("others can read it; chmod 600 " + open));
  expectRefusal({"--token-file", m_folder.write("empty", "# none\n")}, 2, HasSubstr("has no token"));
  expectRefusal({"--tls-ca", open}, 2, HasSubstr("has no certificate in PEM"));
  expectRefusal({"--tls-certificate", m_host.certificate}, 2, HasSubstr("is a certificate without a key"));
  const auto other = m_certificates.make("other");
  expectRefusal({"--tls-certificate", m_host.certificate, "--tls-key", other.key}, 2,
                HasSubstr(other.key + ": is not the key of " + m_host.certificate));
  std::filesystem::permissions(m_host.key, std::filesystem::perms(0644));
  expectRefusal({"--tls-certificate", m_host.certificate, "--tls-key", m_host.key}, 7,
                HasSubstr("chmod 600 " + m_host.key));
  m_address = "192.0.2.1:4317";
  expectRefusal({"--token-file", token()}, 7, HasSubstr("would be readable on its way there; write tls://"));
  m_address = "tls://nothing";
  expectRefusal({}, 2, HasSubstr("tls://HOST:PORT"));
}

TEST_F(Secure, TheDaemonRefusesFilesAndAddressesThatAreNoGood) {
  const auto refused = [&](const std::string& address, const Words& options) {
    Words argv{HEAPTAPD, "--listen", address, "--data", m_folder / "data"};
    argv.insert(argv.end(), options.begin(), options.end());
    return runProcess({.argv = argv});
  };
  const Outcome alone = refused("127.0.0.1:0", {"--tls-certificate", m_host.certificate});
  EXPECT_EQ(alone.status, 2);
  EXPECT_THAT(alone.err, HasSubstr("is a certificate without a key"));
  const Outcome open =
      refused("127.0.0.1:0", {"--token-file", m_folder.write("open", kToken, std::filesystem::perms(0604))});
  EXPECT_EQ(open.status, 7);
  EXPECT_THAT(open.err, HasSubstr("chmod 600"));
  const Outcome readable = refused("0.0.0.0:0", {"--token-file", tokens(kToken), "--insecure"});
  EXPECT_EQ(readable.status, 7);
  EXPECT_THAT(readable.err, HasSubstr("tokens would be readable on their way"));
  const Outcome unasked = refused("0.0.0.0:0", tls(m_host));
  EXPECT_EQ(unasked.status, 7);
  EXPECT_THAT(unasked.err, HasSubstr("--token-file or --tls-client-ca"));
}

TEST_F(Secure, OthersCanReachItWithoutFurtherAdo) {
  Words options = tls(m_host);
  options.insert(options.end(), {"--listen", "0.0.0.0:0", "--token-file", tokens(kToken)});
  start(options);
  ASSERT_TRUE(m_daemon->waitForOutput("listening on tls://0.0.0.0:"));
}

TEST_F(Secure, GarbageAndOtherProtocolsHarmNothing) {
  startTls({"--token-file", tokens(kToken)});
  const std::string garbage(512, '\xA5');
  (void)answerTo(garbage);
  EXPECT_THAT(answerTo("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), testing::Not(HasSubstr("HTTP/1.1 200")));
  (void)answerTo("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + garbage);
  const Outcome curious =
      runProcess({.argv = {"openssl", "s_client", "-connect", "127.0.0.1:" + std::to_string(port()),
                           "-CAfile", m_certificates.ca(), "-verify_return_error", "-alpn", "h2"}},
                 "GET / HTTP/1.1\r\n\r\n");
  EXPECT_THAT(curious.out, HasSubstr("Verify return code: 0 (ok)"));
  const Outcome old =
      runProcess({.argv = {"openssl", "s_client", "-connect", "127.0.0.1:" + std::to_string(port()),
                           "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"}});
  EXPECT_NE(old.status, 0) << "TLS 1.1 is not spoken";
  EXPECT_EQ(list({"--tls-ca", m_certificates.ca(), "--token-file", token()}).status, 0);
}

TEST_F(Secure, TheRecipesOfThePageWork) {
  const auto recipes = recipesOf(HEAPTAP_SOURCE_FOLDER "/docs/network.md");
  ASSERT_EQ(recipes.size(), 2U);
  start({});  // Chooses a port that is free.
  const std::string chosen = std::to_string(port());
  m_daemon.reset();
  std::string script = "set -e\n";
  for (const auto& recipe : recipes) {
    for (std::string line : recipe) {
      for (std::size_t at = 0; (at = line.find("4317", at)) != std::string::npos;)
        line.replace(at, 4, chosen);
      script += line + "\n";
    }
    // The page's reader is not as quick as this one.
    script += "until (: > /dev/tcp/127.0.0.1/" + chosen + ") 2> /dev/null; do sleep 0.05; done\n";
  }
  const std::string bin = std::filesystem::path(HEAPTAP_COMMAND).parent_path().string();
  const Outcome done = runProcess({.argv = {"bash", "-c", "trap 'kill $(jobs -p)' EXIT\n" + script},
                                   .environment = {{"PATH", bin + ":" + std::getenv("PATH")},
                                                   {"XDG_CONFIG_HOME", m_folder.path().string()}},
                                   .folder = m_folder.path()});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("perl -e"));
}

TEST_F(Secure, NewCertificatesAreTakenWhileItRuns) {
  m_host = m_certificates.make("host", "DNS:elsewhere.example");
  startTls();
  const Words ca{"--tls-ca", m_certificates.ca()};
  ASSERT_EQ(list(ca).status, 7);
  const auto renewed = m_certificates.make("renewed");
  std::filesystem::rename(renewed.key, m_host.key);
  std::filesystem::rename(renewed.certificate, m_host.certificate);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (list(ca).status != 0) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
}

}  // namespace
}  // namespace heaptap::test
