// SPDX-License-Identifier: Apache-2.0
// What the viewer costs while it follows a live session with many call sites:
//   viewer_bench [SITES [CHANGES [SECONDS]]]
// A collector and a program that it records run in a process of their own; CHANGES sites of SITES grow five
// times a second. Between the two processes, a relay of bytes counts what is moved.
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "bench/resident_memory.h"
#include "gui/app/viewer.h"
#include "rpc/silence.h"
#include "tests/gui/all_views.h"
#include "tests/gui/live_program.h"

namespace {

namespace gui = heaptap::gui;
using heaptap::test::TemporaryFolder;

constexpr int kLimitMs = 300'000;
constexpr int kDepth = 16;
constexpr auto kTurn = std::chrono::milliseconds(200);

/// What the two processes share.
struct Shared {
  std::atomic<std::uint64_t> bytes = 0;  ///< That the viewer was sent.
  std::atomic<bool> isReady = false;
  std::atomic<bool> isOver = false;
};

sockaddr_un addressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

void pump(int from, int to, std::atomic<std::uint64_t>* counted) {
  std::array<char, 1 << 16> buffer{};
  while (true) {
    const ssize_t size = read(from, buffer.data(), buffer.size());
    if (size <= 0) break;
    if (counted != nullptr) *counted += static_cast<std::uint64_t>(size);
    for (ssize_t done = 0; done < size;) {
      const ssize_t written = write(to, buffer.data() + done, static_cast<std::size_t>(size - done));
      if (written <= 0) return;
      done += written;
    }
  }
  shutdown(to, SHUT_RDWR);
}

/// Passes connections on, and counts what comes back.
void relayBytes(const std::string& from, const std::string& to, Shared& shared) {
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  const sockaddr_un here = addressOf(from);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&here), sizeof(here)) != 0 || listen(listener, 8) != 0)
    std::abort();
  std::thread([listener, to, &shared] {
    while (true) {
      const int client = accept(listener, nullptr, nullptr);
      const int server = socket(AF_UNIX, SOCK_STREAM, 0);
      const sockaddr_un there = addressOf(to);
      if (connect(server, reinterpret_cast<const sockaddr*>(&there), sizeof(there)) != 0) std::abort();
      std::thread(pump, client, server, nullptr).detach();
      std::thread(pump, server, client, &shared.bytes).detach();
    }
  }).detach();
}

/// The collector and the program.
class Recording {
 public:
  Recording(const std::string& address, std::uint64_t sites) : m_live(address) {
    for (std::uint64_t site = 0; site < sites; ++site) {
      std::vector<std::string> functions;
      for (std::uint64_t level = 0, rest = site; level < kDepth; ++level, rest /= 4)
        functions.push_back("library::detail::Container<library::Element, " + std::to_string(level) +
                            ">::step" + std::to_string(level == 0 ? site : rest % 64) +
                            "(library::Context const&, unsigned long)");
      functions.emplace_back("main");
      m_stacks.push_back(m_live.program.stack(functions));
      m_live.program.at(m_nowNs += 1'000).allocate(16 + site % 1'000, m_stacks.back());
    }
    m_live.send();
  }
  void grow(std::uint64_t sites) {
    m_nowNs += 200'000'000;
    for (std::uint64_t i = 0; i < sites; ++i)
      m_live.program.at(m_nowNs += 10).allocate(64, m_stacks[(m_next += 9'973) % m_stacks.size()]);
    m_live.send();
  }

 private:
  gui::test::LiveProgram m_live;
  std::vector<std::uint32_t> m_stacks;
  std::uint64_t m_nowNs = 0;
  std::uint64_t m_next = 0;
};

void record(const TemporaryFolder& folder, std::uint64_t sites, std::uint64_t changes, Shared& shared) {
  gui::test::LiveCollector collector(folder);
  Recording recording(collector.address(), sites);
  relayBytes((folder / "relay").string(), (folder / "sock").string(), shared);
  shared.isReady = true;
  while (!shared.isOver) {
    std::this_thread::sleep_for(kTurn);
    recording.grow(changes);
  }
}

double cpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void measure(const TemporaryFolder& folder, int sites, int seconds, const Shared& shared) {
  gui::MainWindow window;
  gui::Viewer viewer(window);
  window.resize(1280, 800);
  window.show();
  QTest::qWait(500);
  const double before = heaptap::bench::residentMemory().first;
  QElapsedTimer clock;
  clock.start();
  double cpu = cpuSeconds();
  viewer.attach(QString::fromStdString("unix:" + (folder / "relay").string()));
  if (!QTest::qWaitFor([&] { return window.showsSession(); }, kLimitMs)) std::abort();
  std::printf("first numbers     %8.2f s\n", 1e-3 * static_cast<double>(clock.elapsed()));
  const auto shown = [&] {
    return window.session().view<gui::CallSitesView>().table().model()->rowCount() >= sites;
  };
  if (!QTest::qWaitFor(shown, kLimitMs)) std::abort();
  window.grab();
  std::printf("all sites shown   %8.2f s, %.2f s of CPU\n", 1e-3 * static_cast<double>(clock.elapsed()),
              cpuSeconds() - cpu);
  std::printf("bytes moved       %8.1f MB\n", 1e-6 * static_cast<double>(shared.bytes));
  std::printf("memory            %8.0f MiB, %.0f MiB at most, before %.0f MiB\n",
              heaptap::bench::residentMemory().first, heaptap::bench::residentMemory().second, before);

  QTest::qWait(3'000);
  int refreshes = 0;
  int resets = 0;
  QAbstractItemModel* const table = window.session().view<gui::CallSitesView>().table().model();
  QObject::connect(table, &QAbstractItemModel::dataChanged, &window, [&] { refreshes = 1; });
  QObject::connect(table, &QAbstractItemModel::modelReset, &window, [&] { ++resets; });
  const std::uint64_t bytes = shared.bytes;
  cpu = cpuSeconds();
  clock.restart();
  qint64 longest = 0;  // That the event loop was away.
  int seen = 0;
  QElapsedTimer away;
  away.start();
  while (clock.elapsed() < 1'000LL * seconds) {
    QTest::qWait(5);
    longest = std::max(longest, away.restart());
    seen += std::exchange(refreshes, 0);
  }
  const double passed = 1e-3 * static_cast<double>(clock.elapsed());
  std::printf("live, per second  %8.1f %% of a core, %.2f MB; %.2f refreshes of the table, %d resets\n",
              100 * (cpuSeconds() - cpu) / passed, 1e-6 * static_cast<double>(shared.bytes - bytes) / passed,
              seen / passed, resets);
  std::printf("longest without an answer to the user %lld ms\n", static_cast<long long>(longest));
  std::printf("memory            %8.0f MiB, %.0f MiB at most\n", heaptap::bench::residentMemory().first,
              heaptap::bench::residentMemory().second);
}

}  // namespace

int main(int argc, char** argv) {
  const int sites = argc > 1 ? std::atoi(argv[1]) : 100'000;
  const int changes = argc > 2 ? std::atoi(argv[2]) : 1'000;
  const int seconds = argc > 3 ? std::atoi(argv[3]) : 30;
  heaptap::rpc::silence();
  const TemporaryFolder folder;
  void* const memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return EXIT_FAILURE;
  Shared& shared = *new (memory) Shared;
  const pid_t recorder = fork();  // Before any object of gRPC or Qt exists.
  if (recorder == 0) {
    record(folder, static_cast<std::uint64_t>(sites), static_cast<std::uint64_t>(changes), shared);
    _exit(EXIT_SUCCESS);
  }
  while (!shared.isReady) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  qputenv("QT_QPA_PLATFORM", "offscreen");
  const QTemporaryDir settings;  // None of the user who measures.
  qputenv("XDG_CONFIG_HOME", settings.path().toLocal8Bit());
  {
    const QApplication application(argc, argv);
    std::printf("%d call sites, %d of them grow five times a second\n", sites, changes);
    measure(folder, sites, seconds, shared);
  }
  shared.isOver = true;
  waitpid(recorder, nullptr, 0);
  return EXIT_SUCCESS;
}
