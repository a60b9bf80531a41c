// SPDX-License-Identifier: Apache-2.0
//
// What runtimes and libraries allocate once and keep until the end on purpose. Stacks are written as in
// valgrind's suppressions, innermost line first; `...` passes no function of the program's own, so that what
// a library allocates for the program stays a leak.
#include <algorithm>
#include <string_view>

#include "analysis/suppressions/suppressions.h"

namespace heaptap::analysis {
namespace {

struct Known {
  std::string_view list;
  std::string_view name;
  std::string_view frames;  ///< A line each.
  std::uint64_t mostBlocks = 0;
  std::string_view unless = {};
  bool isNeverFreed = false;
  bool skipsTheProgram = false;
};

/// The standard streams: as many buffers of stdio are kept on purpose. More are those of files that were not
/// closed.
constexpr std::uint64_t kStandardStreams = 3;
/// Where the file itself is left open, a buffer may be that file's.
constexpr std::string_view kUnlessOpenFiles = "open files";
/// Of threads that are left, and of those that were joined and whose stacks libc keeps for the next ones.
constexpr std::uint64_t kMostThreadsLeft = 64;

constexpr Known kKnown[] = {
    {"marker", "open files", "...\nfun:fopen*"},
    {"marker", "open files", "...\nfun:_IO_new_fopen"},
    {"marker", "open files", "...\nfun:fdopen"},
    {"marker", "open files", "...\nfun:_IO_new_fdopen"},
    {"marker", "open files", "...\nfun:popen"},
    {"marker", "open files", "...\nfun:_IO_new_popen"},
    {"marker", "open files", "...\nfun:tmpfile*"},
    {"marker", "open files", "...\nfun:fmemopen"},
    {"libc", "libc: buffers of standard streams", "...\nfun:_IO_file_doallocate", kStandardStreams,
     kUnlessOpenFiles},
    {"libc", "libc: buffers of standard streams", "...\nfun:_IO_wfile_doallocate", kStandardStreams,
     kUnlessOpenFiles},
    {"libc", "libc: buffers of standard streams", "...\nfun:_IO_doallocbuf", kStandardStreams,
     kUnlessOpenFiles},
    {"libc", "libc: buffers of standard streams", "...\nfun:_IO_wdoallocbuf", kStandardStreams,
     kUnlessOpenFiles},
    {"libc", "libc: locale", "...\nfun:setlocale"},
    {"libc", "libc: locale", "...\nfun:_nl_*"},
    {"libc", "libc: message catalogues", "...\nfun:bindtextdomain"},
    {"libc", "libc: message catalogues", "...\nfun:bind_textdomain_codeset"},
    {"libc", "libc: message catalogues", "...\nfun:textdomain"},
    {"libc", "libc: message catalogues", "...\nfun:*dcgettext"},
    {"libc", "libc: message catalogues", "...\nfun:*dcngettext"},
    {"libc", "libc: message catalogues", "...\nfun:gettext"},
    {"libc", "libc: message catalogues", "...\nfun:ngettext"},
    {"libc", "libc: character sets", "...\nfun:__gconv_*"},
    {"libc", "libc: character sets", "...\nfun:gconv_*"},
    {"libc", "libc: character sets", "...\nfun:__wcsmbs_*"},
    {"libc", "libc: functions for the end of the program", "...\nfun:__new_exitfn"},
    {"libc", "libc: functions for the end of the program", "...\nfun:__cxa_atexit"},
    {"libc", "libc: functions for the end of the program", "...\nfun:*cxa_at_quick_exit"},
    {"libc", "libc: functions for the end of the program", "...\nfun:on_exit"},
    {"libc", "libc: functions for the end of the program", "...\nfun:atexit"},
    {"libc", "libc: functions for the end of the program", "...\nfun:__register_atfork"},
    {"libc", "libc: functions for the end of a thread", "...\nfun:__cxa_thread_atexit*"},
    {"libc", "libc: the environment", "...\nfun:setenv"},
    {"libc", "libc: the environment", "...\nfun:putenv"},
    {"libc", "libc: the environment", "...\nfun:__add_to_environ"},
    {"libc", "libc: time zones", "...\nfun:tzset*"},
    {"libc", "libc: time zones", "...\nfun:__tz*"},
    {"libc", "libc: time zones", "...\nfun:localtime*"},
    {"libc", "libc: time zones", "...\nfun:mktime"},
    {"libc", "libc: time zones", "...\nfun:strftime*"},
    {"libc", "libc: users, groups, hosts", "...\nfun:__nss_*"},
    {"libc", "libc: users, groups, hosts", "...\nfun:getpw*"},
    {"libc", "libc: users, groups, hosts", "...\nfun:getgr*"},
    {"libc", "libc: users, groups, hosts", "...\nfun:getserv*"},
    {"libc", "libc: users, groups, hosts", "...\nfun:gethostby*"},
    {"libc", "libc: users, groups, hosts", "...\nfun:__res_*"},
    {"libc", "libc: users, groups, hosts", "...\nobj:*/libnss_*"},
    {"libc", "libc: texts of errors", "...\nfun:strerror*"},
    {"libc", "libc: texts of errors", "...\nfun:strsignal"},
    {"libc", "libc: texts of errors", "fun:*\nfun:_dlerror_run"},
    {"libc", "libc: system log", "...\nfun:openlog"},
    {"libc", "libc: system log", "...\nfun:*syslog*"},
    {"libc", "libc: libraries that it loads itself", "...\nfun:__libc_dlopen*"},
    {"libc", "libc: libraries that it loads itself", "...\nfun:__libc_unwind_link_get"},
    {"libc", "libc: libraries that it loads itself", "...\nfun:backtrace"},
    {"loader", "loader: thread-local memory of threads", "...\nfun:_dl_allocate_tls*", kMostThreadsLeft},
    {"loader", "loader: thread-local memory of threads", "...\nfun:pthread_create*", kMostThreadsLeft},
    {"loader", "loader: thread-local memory of threads", "...\nfun:pthread_create_2_*", kMostThreadsLeft},
    {"loader", "loader: thread-local variables", "...\nfun:__tls_get_addr*"},
    {"loader", "loader: loaded libraries", "fun:*\nfun:_dl_*"},
    {"loader", "loader: loaded libraries", "fun:*\nobj:*/ld-linux*"},
    {"loader", "loader: loaded libraries", "fun:*\nobj:*/ld-musl*"},
    {"loader", "loader: loaded libraries", "fun:*\nobj:*/ld-2.*"},
    {"libstdc++", "libstdc++: emergency pool for exceptions", "fun:*\nobj:*/libstdc++.so*\nobj:*/ld-*"},
    {"libstdc++", "libstdc++: emergency pool for exceptions", "...\nfun:*_GLOBAL__sub_I_eh_alloc.cc*"},
    {"libstdc++", "libstdc++: emergency pool for exceptions", "...\nfun:(anonymous namespace)::pool::pool*"},
    {"libstdc++", "libstdc++: emergency pool for exceptions", "...\nsrc:eh_alloc.cc"},
    {"libstdc++", "libstdc++: locale", "...\nfun:std::locale::classic*"},
    {"libstdc++", "libstdc++: locale", "...\nfun:std::locale::locale()"},
    {"libstdc++", "libstdc++: locale", "...\nfun:std::locale::_S_initialize*"},
    {"libstdc++", "libstdc++: locale", "...\nfun:std::ios_base::Init::Init*"},
    {"libstdc++", "libstdc++: exceptions of a thread", "...\nfun:__cxa_get_globals*"},
    {"libc++", "libc++: locale", "...\nfun:std::__1::locale::classic*"},
    {"libc++", "libc++: locale", "...\nfun:std::__1::ios_base::Init::Init*"},
    {"libc++", "libc++: emergency pool for exceptions", "fun:*\nobj:*/libc++abi.so*\nobj:*/ld-*"},
    {"unwinder", "unwinder: tables of frames", "...\nfun:__register_frame*"},
    {"unwinder", "unwinder: tables of frames", "...\nfun:_Unwind_Find_FDE"},
    {"rust", "Rust: start of the runtime", "...\nfun:std::rt::*"},
    {"rust", "Rust: start of the runtime", "...\nfun:std::sys::*init*"},
    {"rust", "Rust: start of the runtime", "...\nfun:std::sys::*stack_overflow*"},
    {"rust", "Rust: start of the runtime", "...\nfun:std::sys::*args*"},
    {"rust", "Rust: threads", "...\nfun:std::thread::Thread::new*\n...\nfun:std::rt::lang_start*"},
    {"rust", "Rust: threads", "...\nfun:std::thread::current*"},
    {"rust", "Rust: threads", "...\nfun:std::sys*thread_local*"},
    {"rust", "Rust: threads", "...\nfun:std::thread::local*"},
    {"rust", "Rust: buffers of standard streams", "...\nfun:std::io::stdio::*"},
    {"rust", "Rust: names for backtraces", "...\nfun:std::sys*backtrace*"},
    {"rust", "Rust: names for backtraces", "...\nfun:std::backtrace*"},
    {"rust", "Rust: names for backtraces", "...\nfun:std::panicking::*hook*"},
    {"once", "made once, for the whole program", "...\nfun:std::sync::once*::Once*", 0, {}, true, true},
    {"once", "made once, for the whole program", "...\nfun:std::sync::*::once::Once::*", 0, {}, true, true},
    {"once", "made once, for the whole program", "...\nfun:std::sync::lazy_lock::*", 0, {}, true, true},
    {"once", "made once, for the whole program", "...\nfun:std::sys::sync::once::*", 0, {}, true, true},
    {"once", "made once, for the whole program", "...\nfun:*once_cell::*::get_or_init*", 0, {}, true, true},
    {"once", "made once, for the whole program", "...\nfun:lazy_static::lazy::*", 0, {}, true, true},
    {"glib", "glib: types", "...\nfun:g_type_*"},
    {"glib", "glib: types", "...\nfun:type_node_*"},
    {"glib", "glib: types", "...\nfun:g_enum_register_static"},
    {"glib", "glib: types", "...\nfun:g_flags_register_static"},
    {"glib", "glib: types", "...\nfun:g_boxed_type_register_static"},
    {"glib", "glib: types", "...\nfun:g_param_type_register_static"},
    {"glib", "glib: types", "...\nfun:g_object_class_install_propert*"},
    {"glib", "glib: signals", "...\nfun:g_signal_new*"},
    {"glib", "glib: signals", "...\nfun:g_signal_init"},
    {"glib", "glib: interned texts", "...\nfun:g_quark_*"},
    {"glib", "glib: interned texts", "...\nfun:g_intern_*"},
    {"glib", "glib: start of the library", "...\nfun:glib_init*"},
    {"glib", "glib: start of the library", "...\nfun:gobject_init*"},
    {"glib", "glib: start of the library", "...\nfun:g_thread_init_glib"},
    {"glib", "glib: start of the library", "...\nobj:*/libg*-2.0.so*\nobj:*/ld-*"},
    {"glib", "glib: caches", "...\nfun:g_slice_init*"},
    {"glib", "glib: caches", "...\nfun:g_private_get*"},
    {"glib", "glib: caches", "...\nfun:g_get_charset*"},
    {"glib", "glib: caches", "...\nfun:g_get_filename_charsets"},
    {"glib", "glib: caches", "...\nfun:g_get_language_names*"},
    {"glib", "glib: caches", "...\nfun:g_get_*_dir*"},
    {"glib", "glib: caches", "...\nfun:g_get_prgname"},
    {"glib", "glib: caches", "...\nfun:g_set_prgname"},
    {"glib", "glib: caches", "...\nfun:g_set_application_name"},
    {"glib", "glib: main context", "...\nfun:g_main_context_default"},
    {"glib", "glib: modules", "...\nfun:g_io_module*"},
    {"glib", "glib: modules", "...\nfun:g_io_extension_point_*"},
    {"glib", "glib: modules", "...\nfun:g_vfs_get_*"},
    {"qt", "Qt: types", "...\nfun:QMetaType::registerType*"},
    {"qt", "Qt: types", "...\nfun:QMetaType::registerNormalizedType*"},
    {"qt", "Qt: types", "...\nfun:qRegister*"},
    {"qt", "Qt: threads", "...\nfun:QThreadData::current*"},
    {"qt", "Qt: plugins", "...\nfun:QLibraryPrivate::*"},
    {"qt", "Qt: plugins", "...\nfun:QFactoryLoader::*"},
    {"qt", "Qt: plugins", "...\nfun:QPluginLoader::*"},
    {"qt", "Qt: fonts", "...\nfun:QFontDatabase*"},
    {"qt", "Qt: fonts", "...\nfun:QFontCache::instance*"},
    {"qt", "Qt: locale", "...\nfun:QLocalePrivate::*"},
    {"qt", "Qt: locale", "...\nfun:QTextCodec*"},
    {"qt", "Qt: locale", "...\nfun:QTimeZonePrivate::*"},
    {"qt", "Qt: start of the library", "...\nfun:QLoggingRegistry::*"},
    {"qt", "Qt: start of the library", "...\nobj:*/libQt*.so*\nobj:*/ld-*"},
    {"fontconfig", "fontconfig: configuration", "...\nfun:FcInit*"},
    {"fontconfig", "fontconfig: configuration", "...\nfun:FcConfigGetCurrent"},
    {"fontconfig", "fontconfig: configuration", "...\nfun:FcConfigReference"},
    {"fontconfig", "fontconfig: configuration", "...\nfun:FcConfigParse*"},
    {"fontconfig", "fontconfig: configuration", "...\nfun:FcConfigBuildFonts"},
    {"fontconfig", "fontconfig: configuration", "...\nfun:FcConfigSubstitute*"},
    {"fontconfig", "fontconfig: names of objects", "...\nfun:FcObject*"},
    {"fontconfig", "fontconfig: names of objects", "...\nfun:FcStrStatic*"},
    {"fontconfig", "fontconfig: names of objects", "...\nfun:FcSharedStr*"},
    {"fontconfig", "fontconfig: languages", "...\nfun:FcGetDefaultLang*"},
    {"openmp", "OpenMP: threads of the pool", "fun:*\nobj:*/libgomp.so*"},
    {"openmp", "OpenMP: threads of the pool", "fun:*\nobj:*/libomp.so*"},
    {"python", "Python: start of the interpreter", "...\nfun:Py_Initialize*", 0, {}, false, true},
    {"python", "Python: start of the interpreter", "...\nfun:_Py_PreInitialize*", 0, {}, false, true},
    {"python", "Python: types", "...\nfun:PyType_Ready", 0, {}, false, true},
    {"openssl", "OpenSSL: start of the library", "...\nfun:OPENSSL_init_*"},
    {"openssl", "OpenSSL: start of the library", "...\nfun:CRYPTO_THREAD_*"},
};

/// Lists of what belongs to the C library, the loader with it.
bool isOfTheCLibrary(std::string_view list) { return list == "libc" || list == "loader" || list == "marker"; }

/// libc's functions have other names inside it, which show where its debug symbols are installed.
void addInternalNames(FrameRule& rule, std::string_view function) {
  for (const std::string_view prefix : {"__", "__GI_", "__GI___"})
    rule.patterns.push_back(TextPattern::glob(std::string(prefix) + std::string(function)));
}

std::vector<FrameRule> framesOf(std::string_view text, bool isLibc) {
  std::vector<FrameRule> frames;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    // Every line of the table is one; a test reads them all.
    const std::string_view line = text.substr(0, end);
    if (auto rule = parseFrameRule(line)) {
      if (isLibc && line.starts_with("fun:") && line != "fun:*") addInternalNames(*rule, line.substr(4));
      frames.push_back(std::move(*rule));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return frames;
}

}  // namespace

std::vector<Suppression> builtInSuppressions() {
  std::vector<Suppression> all;
  for (const Known& known : kKnown)
    all.push_back({.source = std::string(known.list),
                   .line = 0,
                   .name = std::string(known.name),
                   .frames = framesOf(known.frames, isOfTheCLibrary(known.list)),
                   .isBuiltIn = true,
                   .isMarker = known.list == "marker",
                   .unless = std::string(known.unless),
                   .mostBlocks = known.mostBlocks,
                   .isNeverFreed = known.isNeverFreed,
                   .skipsTheProgram = known.skipsTheProgram});
  return all;
}

}  // namespace heaptap::analysis
