# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where. The programs find the libraries relative to themselves
# (../lib/heaptap), so the folder below the prefix is fixed and the whole can be moved.
# `./dev install` builds and installs all three components:
#   heaptap      the programs
#   library      what is loaded into the programs that are recorded
#   development  headers, and what find_package and pkg-config read
install(TARGETS heaptap heaptapd heaptap-relay
  RUNTIME DESTINATION bin COMPONENT heaptap)
if(HEAPTAP_GUI)
  install(TARGETS heaptap-gui RUNTIME DESTINATION bin COMPONENT heaptap)
  set(desktop ${PROJECT_SOURCE_DIR}/packaging/desktop)
  install(FILES ${desktop}/org.heaptap.Heaptap.desktop DESTINATION share/applications COMPONENT heaptap)
  install(FILES ${desktop}/org.heaptap.Heaptap.metainfo.xml DESTINATION share/metainfo COMPONENT heaptap)
  install(FILES ${desktop}/org.heaptap.Heaptap.xml DESTINATION share/mime/packages COMPONENT heaptap)
  install(FILES ${desktop}/heaptap.svg DESTINATION share/icons/hicolor/scalable/apps COMPONENT heaptap)
endif()
install(DIRECTORY ${HEAPTAP_HELP}/man/ DESTINATION share/man/man1 COMPONENT heaptap)
install(FILES ${HEAPTAP_HELP}/completion/heaptap
  DESTINATION share/bash-completion/completions COMPONENT heaptap)
install(FILES ${HEAPTAP_HELP}/completion/_heaptap DESTINATION share/zsh/site-functions COMPONENT heaptap)
install(FILES ${HEAPTAP_HELP}/completion/heaptap.fish
  DESTINATION share/fish/vendor_completions.d COMPONENT heaptap)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/packaging/man/ DESTINATION share/man/man1 COMPONENT heaptap FILES_MATCHING PATTERN *.1)
# What messages and the manual call docs/NAME.md (cli/documents.h), with its pictures.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/
  DESTINATION share/doc/heaptap COMPONENT heaptap FILES_MATCHING PATTERN *.md PATTERN *.png PATTERN *.svg)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE
  DESTINATION share/doc/heaptap COMPONENT heaptap)

# Beside them, although it is loaded into programs of SQLite: what people have as ../lib/heaptap is one folder.
install(TARGETS heaptap_sqlite LIBRARY DESTINATION lib/heaptap COMPONENT heaptap)

install(TARGETS heaptap_capture_shared heaptap_preload heaptap_stand_aside
  LIBRARY DESTINATION lib/heaptap COMPONENT library NAMELINK_SKIP)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/agent/include/ ${PROJECT_SOURCE_DIR}/agent/alloc/include/
    ${PROJECT_SOURCE_DIR}/agent/listeners/include/
  DESTINATION include COMPONENT development FILES_MATCHING PATTERN *.h PATTERN *.def)
set_target_properties(heaptap_alloc PROPERTIES EXPORT_NAME alloc)
set_target_properties(heaptap_listeners PROPERTIES EXPORT_NAME listeners)
install(TARGETS heaptap_alloc heaptap_listeners EXPORT heaptapTargets INCLUDES DESTINATION include)
install(EXPORT heaptapTargets NAMESPACE heaptap:: DESTINATION lib/cmake/heaptap COMPONENT development)

# The plugin of pytest, with what Python knows packages by: the folder in PYTHONPATH is enough.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/agent/listeners/python/
  DESTINATION share/heaptap/pytest COMPONENT development PATTERN __pycache__ EXCLUDE)

# The private copies, with the licences of what they are copies of.
foreach(name jemalloc mimalloc)
  if(TARGET heaptap::${name})
    install(FILES $<TARGET_FILE:heaptap_${name}> DESTINATION lib/heaptap COMPONENT development)
    install(FILES /usr/share/doc/lib${name}-dev/copyright RENAME ${name}.copyright
      DESTINATION share/doc/heaptap COMPONENT development OPTIONAL)
  endif()
endforeach()

include(CMakePackageConfigHelpers)
set(package ${PROJECT_SOURCE_DIR}/cmake/package)
set(made ${PROJECT_BINARY_DIR}/package)
set(HEAPTAP_LIBRARY_FOLDER lib)
set(HEAPTAP_PROGRAM_FOLDER bin)
configure_package_config_file(${package}/heaptapConfig.cmake.in ${made}/heaptapConfig.cmake
  INSTALL_DESTINATION lib/cmake/heaptap PATH_VARS HEAPTAP_LIBRARY_FOLDER HEAPTAP_PROGRAM_FOLDER)
write_basic_package_version_file(${made}/heaptapConfigVersion.cmake COMPATIBILITY SameMinorVersion)
foreach(part alloc agent)
  configure_file(${package}/heaptap-${part}.pc.in ${made}/heaptap-${part}.pc @ONLY)
endforeach()
install(FILES ${made}/heaptapConfig.cmake ${made}/heaptapConfigVersion.cmake
    ${package}/heaptap_global_allocator.cmake ${package}/heaptap_add_leak_test.cmake
  DESTINATION lib/cmake/heaptap COMPONENT development)
install(FILES ${made}/heaptap-alloc.pc ${made}/heaptap-agent.pc
  DESTINATION lib/pkgconfig COMPONENT development)
