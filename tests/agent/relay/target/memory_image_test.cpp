// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/target/memory_image.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <link.h>
#include <sys/mman.h>

#include <cstring>

#include "agent/symbols/resolver.h"

namespace heaptap::relay {
namespace {

constexpr std::size_t kRoom = 64 << 20;

UniqueFd ownMemory() { return UniqueFd(open("/proc/self/mem", O_RDONLY | O_CLOEXEC)); }

/// The binary in this process that `address` lies in.
LoadedRange rangeOf(const void* address) {
  struct Search {
    std::uint64_t address;
    LoadedRange range;
  } search{reinterpret_cast<std::uintptr_t>(address), {}};
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        auto& wanted = *static_cast<Search*>(data);
        LoadedRange range{UINT64_MAX, 0, info->dlpi_addr};
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& segment = info->dlpi_phdr[i];
          if (segment.p_type != PT_LOAD) continue;
          range.start = std::min(range.start, (info->dlpi_addr + segment.p_vaddr) & ~std::uint64_t{4095});
          range.end = std::max(range.end, info->dlpi_addr + segment.p_vaddr + segment.p_memsz);
        }
        if (wanted.address < range.start || wanted.address >= range.end) return 0;
        wanted.range = range;
        return 1;
      },
      &search);
  return search.range;
}

std::string nameIn(const std::string& image, std::uint64_t fileAddress) {
  symbols::Resolver resolver;
  const auto handle = resolver.addModule({{}, "/gone.so", {}, std::make_shared<const std::string>(image)});
  const auto lines = resolver.resolve(handle, fileAddress);
  return lines.empty() ? "" : lines.back().function;
}

TEST(MemoryImage, HasTheFunctionsThatALibraryExports) {
  for (const char* const function : {"qsort", "malloc_usable_size"}) {
    void* const address = dlsym(RTLD_DEFAULT, function);
    const LoadedRange range = rangeOf(address);
    ASSERT_NE(range.end, 0U);
    const auto image = imageInMemory(ownMemory(), range, kRoom);
    ASSERT_TRUE(image);
    EXPECT_EQ(nameIn(*image, reinterpret_cast<std::uintptr_t>(address) + 1 - range.bias), function);
  }
}

TEST(MemoryImage, IsNoneBeyondItsRoom) {
  const LoadedRange range = rangeOf(dlsym(RTLD_DEFAULT, "qsort"));
  EXPECT_FALSE(imageInMemory(ownMemory(), range, 100));
}

TEST(MemoryImage, IsNoneOfWhatIsNoBinary) {
  EXPECT_FALSE(imageInMemory(ownMemory(), {0, 0, 0}, kRoom));
  EXPECT_FALSE(imageInMemory(ownMemory(), {4096, 1 << 20, 0}, kRoom));
  const int local = 0;
  const auto stack = reinterpret_cast<std::uintptr_t>(&local) & ~std::uint64_t{4095};
  EXPECT_FALSE(imageInMemory(ownMemory(), {stack, stack + 4096, 0}, kRoom));
  EXPECT_FALSE(imageInMemory(UniqueFd(), rangeOf(dlsym(RTLD_DEFAULT, "qsort")), kRoom));
}

TEST(MemoryImage, OfADamagedBinaryHasNoNamesOrSomeButDoesNoHarm) {
  const LoadedRange range = rangeOf(dlsym(RTLD_DEFAULT, "qsort"));
  const std::size_t bytes = 64 << 10;
  auto* const copy = static_cast<unsigned char*>(
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(copy, MAP_FAILED);
  const auto at = reinterpret_cast<std::uintptr_t>(copy);
  for (unsigned seed = 1; seed < 2000; ++seed) {
    std::memcpy(copy, reinterpret_cast<const void*>(range.start), 4096);
    std::uint32_t random = seed * 2654435761U;
    for (int i = 0; i < 8; ++i) {
      random = random * 1664525U + 1013904223U;
      copy[16 + random % 1200] = static_cast<unsigned char>(random >> 24);
    }
    if (const auto image = imageInMemory(ownMemory(), {at, at + bytes, at}, 1 << 20)) nameIn(*image, 0x1000);
  }
  munmap(copy, bytes);
}

}  // namespace
}  // namespace heaptap::relay
