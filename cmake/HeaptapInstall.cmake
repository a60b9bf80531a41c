# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where. The programs find the libraries relative to themselves
# (../lib/heaptap), so the folder below the prefix is fixed and the whole can be moved.
# The component `heaptap` is what `./dev install` builds and installs: everything but the tests.
install(TARGETS heaptap heaptapd heaptap-relay
  RUNTIME DESTINATION bin COMPONENT heaptap)
if(HEAPTAP_GUI)
  install(TARGETS heaptap-gui RUNTIME DESTINATION bin COMPONENT heaptap)
endif()
install(TARGETS heaptap_capture_shared heaptap_preload
  LIBRARY DESTINATION lib/heaptap COMPONENT heaptap NAMELINK_SKIP)
install(FILES ${PROJECT_SOURCE_DIR}/agent/include/heaptap.h DESTINATION include COMPONENT heaptap)
install(FILES ${PROJECT_SOURCE_DIR}/agent/include/heaptap/abi.h DESTINATION include/heaptap COMPONENT heaptap)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE
  DESTINATION share/doc/heaptap COMPONENT heaptap)
