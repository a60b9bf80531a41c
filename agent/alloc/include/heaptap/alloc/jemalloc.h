// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <heaptap/alloc/layout.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <type_traits>
#include <utility>

/// jemalloc 5's own interface in heaptap's private copy, the library heaptap::jemalloc. The program's malloc
/// stays what it is.
extern "C" {
void* heaptap_je_mallocx(std::size_t size, int flags) noexcept;
void* heaptap_je_rallocx(void* block, std::size_t size, int flags) noexcept;
std::size_t heaptap_je_xallocx(void* block, std::size_t size, std::size_t extra, int flags) noexcept;
std::size_t heaptap_je_sallocx(const void* block, int flags) noexcept;
std::size_t heaptap_je_nallocx(std::size_t size, int flags) noexcept;
void heaptap_je_dallocx(void* block, int flags) noexcept;
void heaptap_je_sdallocx(void* block, std::size_t size, int flags) noexcept;
int heaptap_je_mallctl(const char* name, void* old, std::size_t* oldSize, void* now,
                       std::size_t newSize) noexcept;
void heaptap_je_malloc_stats_print(void (*write)(void*, const char*), void* argument,
                                   const char* options) noexcept;
}

namespace heaptap {

namespace detail {

/// The members of an allocator over jemalloc; `Self::flags()` says which arena and cache.
template <class Self>
class JemallocMembers {
 public:
  [[nodiscard]] void* alloc(Layout layout) const noexcept {
    return heaptap_je_mallocx(layout.size(), flags(layout));
  }

  void dealloc(void* block, Layout layout) const noexcept {
    heaptap_je_sdallocx(block, layout.size(), flags(layout));
  }

  [[nodiscard]] void* allocZeroed(Layout layout) const noexcept {
    return heaptap_je_mallocx(layout.size(), flags(layout) | kZero);
  }

  [[nodiscard]] void* realloc(void* block, Layout old, std::size_t newSize) const noexcept {
    return heaptap_je_rallocx(block, newSize, flags(old));
  }

  [[nodiscard]] std::size_t usableSize(const void* /*block*/, Layout layout) const noexcept {
    return heaptap_je_nallocx(layout.size(), flags(layout));
  }

  [[nodiscard]] bool growInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    return resize(block, old, newSize);
  }

  [[nodiscard]] bool shrinkInPlace(void* block, Layout old, std::size_t newSize) const noexcept {
    return resize(block, old, newSize);
  }

  void deallocUnsized(void* block) const noexcept { heaptap_je_dallocx(block, self().flags()); }

  [[nodiscard]] void* reallocUnsized(void* block, std::size_t newSize) const noexcept {
    return heaptap_je_rallocx(block, newSize, self().flags());
  }

  [[nodiscard]] std::size_t usableSizeUnsized(const void* block) const noexcept {
    return heaptap_je_sallocx(block, self().flags());
  }

 private:
  static constexpr int kZero = 0x40;

  const Self& self() const noexcept { return static_cast<const Self&>(*this); }
  int flags(Layout layout) const noexcept { return std::countr_zero(layout.align()) | self().flags(); }

  /// A block ends with a size of its own size class: only then is the new size one that it can end with.
  bool resize(void* block, Layout old, std::size_t newSize) const noexcept {
    const std::size_t wanted = heaptap_je_nallocx(newSize, flags(old));
    return wanted != 0 && heaptap_je_xallocx(block, newSize, 0, flags(old)) == wanted;
  }
};

}  // namespace detail

/// jemalloc, with its arenas and caches for each thread.
/// Cost:    none in memory; 0.8 MB of code.
/// Threads: any.
class Jemalloc : public detail::JemallocMembers<Jemalloc> {
 public:
  /// Units: bytes.
  struct Statistics {
    std::size_t allocated, active, metadata, resident, mapped, retained;
  };

  /// The value of a control: `read<bool>("opt.prof")`. Empty when there is none of that name and type.
  template <class T>
  [[nodiscard]] static std::optional<T> read(const char* name) noexcept {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    std::size_t size = sizeof value;
    if (heaptap_je_mallctl(name, &value, &size, nullptr, 0) != 0 || size != sizeof value) return std::nullopt;
    return value;
  }

  template <class T>
  [[nodiscard]] static bool write(const char* name, T value) noexcept {
    return heaptap_je_mallctl(name, nullptr, nullptr, &value, sizeof value) == 0;
  }

  /// For controls that do something: `run("thread.tcache.flush")`.
  [[nodiscard]] static bool run(const char* name) noexcept {
    return heaptap_je_mallctl(name, nullptr, nullptr, nullptr, 0) == 0;
  }

  [[nodiscard]] static Statistics statistics() noexcept {
    (void)write<std::uint64_t>("epoch", 1);  // Else they are from the last time.
    const auto value = [](const char* name) { return read<std::size_t>(name).value_or(0); };
    return {value("stats.allocated"), value("stats.active"), value("stats.metadata"),
            value("stats.resident"),  value("stats.mapped"), value("stats.retained")};
  }

  /// The arena that a block of jemalloc's belongs to. It must be one: jemalloc 5.3 crashes on others, so
  /// there is no owns.
  [[nodiscard]] static unsigned arenaOf(const void* block) noexcept {
    unsigned arena = 0;
    std::size_t size = sizeof arena;
    (void)heaptap_je_mallctl("arenas.lookup", &arena, &size, &block, sizeof block);
    return arena;
  }

  /// All statistics as text; "J" in `options` makes it JSON.
  static void dumpStatistics(std::FILE* to, const char* options = "") noexcept {
    heaptap_je_malloc_stats_print(
        [](void* file, const char* text) { std::fputs(text, static_cast<std::FILE*>(file)); }, to, options);
  }

  /// A heap profile for jeprof. False where jemalloc was not started with MALLOC_CONF=prof:true, or on a bad
  /// path.
  [[nodiscard]] static bool dumpProfile(const char* path) noexcept { return write("prof.dump", path); }

  static constexpr int flags() noexcept { return 0; }
  friend constexpr bool operator==(Jemalloc, Jemalloc) noexcept { return true; }
};

/// An arena of jemalloc's for this object's blocks only: apart from all others, and gone with it.
/// Owns:    the arena: blocks that were not freed end with it.
/// Threads: any, without caches for each.
class JemallocArena : public detail::JemallocMembers<JemallocArena> {
 public:
  /// Errors: empty when jemalloc has no more arenas (4,095) or no memory.
  [[nodiscard]] static std::optional<JemallocArena> create() noexcept {
    const auto index = Jemalloc::read<unsigned>("arenas.create");
    if (!index) return std::nullopt;
    return JemallocArena(*index);
  }

  JemallocArena(JemallocArena&& other) noexcept : m_index(std::exchange(other.m_index, kNone)) {}
  JemallocArena& operator=(JemallocArena&&) = delete;
  ~JemallocArena() {
    if (m_index == kNone) return;
    char name[40];
    std::snprintf(name, sizeof name, "arena.%u.destroy", m_index);
    (void)Jemalloc::run(name);
  }

  [[nodiscard]] unsigned index() const noexcept { return m_index; }

  /// MALLOCX_ARENA(index) | MALLOCX_TCACHE_NONE.
  [[nodiscard]] int flags() const noexcept { return static_cast<int>((m_index + 1) << 20 | 0x100); }

 private:
  static constexpr unsigned kNone = ~0U;
  explicit JemallocArena(unsigned index) noexcept : m_index(index) {}

  unsigned m_index;
};

}  // namespace heaptap
