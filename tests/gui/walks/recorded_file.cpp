// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/walks/recorded_file.h"

#include <filesystem>

#include "tests/gui/live_program.h"

namespace heaptap::gui::test {

QString recordedFile(const heaptap::test::TemporaryFolder& folder) {
  constexpr quint64 kSecond = 1'000'000'000;
  {
    LiveCollector collector(folder);
    LiveProgram recorded(collector.address());
    heaptap::test::RecordedProgram& program = recorded.program;
    const auto parse = program.stack({"parse", "main"});
    const auto render = program.stack({"std::vector<int>::push_back(int&&)", "render", "main"});
    program.at(kSecond).allocate(4'096, parse);
    const auto freed = program.at(kSecond + 1).allocate(128, program.stack({"malloc", "render", "main"}));
    const auto worker = program.thread("worker");
    program.at(2 * kSecond).on(worker).allocate(100'000, render);
    for (int i = 0; i < 50; ++i) program.allocate(24, parse);
    program.at(3 * kSecond).free(freed);
    recorded.mark("warm", 3 * kSecond);
    recorded.mark("", 3 * kSecond + 5);
    const auto heap = program.heap("arena");
    program.at(4 * kSecond).allocateIn(heap, 500, render);
    recorded.freeTwice(2, program.stack({"free", "render", "main"}));
    program.at(5 * kSecond).allocate(7, parse);
    recorded.exit(0);
    collector.server().waitUntilIdle();
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    if (entry.path().extension() == ".heaptap") return QString::fromStdString(entry.path().string());
  throw std::runtime_error("no file was written");
}

}  // namespace heaptap::gui::test
