// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/tables/module_table.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "tests/agent/capture/memory_for_tests.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::capture {
namespace {

namespace fs = std::filesystem;

/// A library that was opened, and where it lies.
class Opened {
 public:
  explicit Opened(const std::string& path) : m_handle(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    EXPECT_NE(m_handle, nullptr) << dlerror();
    const auto code = reinterpret_cast<std::uintptr_t>(dlsym(m_handle, "_Unwind_Backtrace"));
    EXPECT_TRUE(findLoadedObject(code, object));
  }
  ~Opened() { close(); }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  void close() {
    if (m_handle == nullptr) return;
    EXPECT_EQ(dlclose(std::exchange(m_handle, nullptr)), 0);
  }

  LoadedObject object;

 private:
  void* m_handle;
};

class ModuleTableTest : public testing::Test {
 protected:
  explicit ModuleTableTest(const wire::Capacity& capacity = kSmallMemory) : m_memory(capacity) {
    prepareObjectLookup();
    m_table->attach(m_memory.header());
  }
  std::uint32_t indexOf(const LoadedObject& object) { return m_table->indexOf(object, {*m_room, true}); }
  /// A copy of a library.
  std::string copy(const char* name) const {
    Dl_info info;
    EXPECT_NE(dladdr(dlsym(RTLD_DEFAULT, "_Unwind_Backtrace"), &info), 0);
    fs::copy_file(info.dli_fname, m_folder / name);
    return m_folder / name;
  }
  wire::ModuleEntry& entry(std::uint32_t index) const { return m_memory.view().module(index); }
  std::string filePath(std::uint32_t index) const {
    return {m_memory.view().text(entry(index).fileOffset), entry(index).fileLength};
  }

  heaptap::test::TemporaryFolder m_folder;
  const PreparedMemory m_memory;
  const std::unique_ptr<ModuleTable> m_table = std::make_unique<ModuleTable>();
  const std::unique_ptr<PathRoom> m_room = std::make_unique<PathRoom>();
};

TEST_F(ModuleTableTest, SaysWhichFileWasLoaded) {
  const std::string path = copy("it.so");
  const Opened it(path);
  const std::uint32_t index = indexOf(it.object);
  EXPECT_EQ(indexOf(it.object), index);
  struct stat file {};
  ASSERT_EQ(stat(path.c_str(), &file), 0);
  EXPECT_EQ(filePath(index), path);
  EXPECT_EQ(entry(index).file.device, file.st_dev);
  EXPECT_EQ(entry(index).file.inode, file.st_ino);
  EXPECT_EQ(entry(index).file.bytes, static_cast<std::uint64_t>(file.st_size));
  EXPECT_NE(entry(index).firstPage, 0U);
}

TEST_F(ModuleTableTest, SaysOfTheProgramThatItIs) {
  LoadedObject program;
  ASSERT_TRUE(findLoadedObject(reinterpret_cast<std::uintptr_t>(&prepareObjectLookup), program));
  const std::uint32_t index = indexOf(program);
  EXPECT_EQ(entry(index).flags, wire::kModuleProgram);
  EXPECT_EQ(filePath(index), fs::read_symlink("/proc/self/exe").string());
  m_table->unloaded();
  EXPECT_EQ(indexOf(program), index);
}

TEST_F(ModuleTableTest, HasOneEntryForABinaryThatIsLoadedAgainElsewhere) {
  const std::string path = copy("it.so");
  std::vector<std::uint32_t> indexes;
  for (int round = 0; round < 100; ++round) {
    Opened it(path);
    indexes.push_back(indexOf(it.object));
    it.close();
    m_table->closed();
    ASSERT_NE(mmap(reinterpret_cast<void*>(it.object.start), 4096, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0),
              MAP_FAILED);
  }
  EXPECT_EQ(indexes, std::vector<std::uint32_t>(100, indexes[0]));
  EXPECT_EQ(m_memory.header()->moduleCount, 1U);
}

TEST_F(ModuleTableTest, TellsBinariesApartThatLieAtOnePlace) {
  const std::string paths[] = {copy("1.so"), copy("2.so")};
  std::uint32_t indexes[2];
  std::uint64_t starts[2];
  for (int i = 0; i < 2; ++i) {
    Opened it(paths[i]);
    indexes[i] = indexOf(it.object);
    starts[i] = it.object.start;
    it.close();
    m_table->closed();
  }
  ASSERT_EQ(starts[0], starts[1]) << "the kernel gives the same place again";
  EXPECT_NE(indexes[0], indexes[1]);
}

TEST_F(ModuleTableTest, TellsFilesApartThatHaveOnePath) {
  const std::string path = copy("it.so");
  Opened first(path);
  const std::uint32_t before = indexOf(first.object);
  first.close();
  m_table->unloaded();  // By a way that is not noticed at once.
  fs::rename(copy("other.so"), path);
  const Opened second(path);
  EXPECT_NE(indexOf(second.object), before);
}

TEST_F(ModuleTableTest, KeepsWhatStaysWhenItsFileIsRemoved) {
  const std::string path = copy("it.so");
  const Opened it(path);
  const std::uint32_t index = indexOf(it.object);
  fs::remove(path);
  {
    Opened other(copy("other.so"));
    indexOf(other.object);
  }
  m_table->closed();
  EXPECT_EQ(indexOf(it.object), index);
}

TEST_F(ModuleTableTest, AsksNothingForAThreadThatMayNot) {
  const Opened it(copy("it.so"));
  const std::uint32_t index = m_table->indexOf(it.object, {*m_room, false});
  EXPECT_FALSE(entry(index).file.isKnown());
  EXPECT_EQ(filePath(index), "");
}

class SmallModuleTableTest : public ModuleTableTest {
 protected:
  static wire::Capacity small() {
    wire::Capacity capacity = kSmallMemory;
    capacity.modules = 2;
    return capacity;
  }
  SmallModuleTableTest() : ModuleTableTest(small()) {}
};

TEST_F(SmallModuleTableTest, CountsWhatFindsNoRoom) {
  const Opened libraries[] = {Opened(copy("1.so")), Opened(copy("2.so")), Opened(copy("3.so")),
                              Opened(copy("4.so"))};
  EXPECT_EQ(indexOf(libraries[0].object), 0U);
  EXPECT_EQ(indexOf(libraries[1].object), 1U);
  for (int twice = 0; twice < 2; ++twice) {
    EXPECT_EQ(indexOf(libraries[2].object), wire::kModuleBeyond);
    EXPECT_EQ(indexOf(libraries[3].object), wire::kModuleBeyond);
  }
  EXPECT_EQ(indexOf(libraries[0].object), 0U);
  EXPECT_EQ(m_memory.header()->modulesBeyond, 2U);
}

}  // namespace
}  // namespace heaptap::capture
