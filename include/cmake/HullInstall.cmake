# What `cmake --install` lays down: the headers, Hull::core, Hull::client, Hull::client_compiled, and the files by which
# CMake and pkg-config find them.
include(CMakePackageConfigHelpers)

set_target_properties(hull_core PROPERTIES EXPORT_NAME core)
set_target_properties(hull_client PROPERTIES EXPORT_NAME client)
install(TARGETS hull_core hull_client EXPORT HullTargets)
if(TARGET hull_client_compiled)
  set_target_properties(hull_client_compiled PROPERTIES EXPORT_NAME client_compiled)
  install(TARGETS hull_client_compiled EXPORT HullTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
install(DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/../hull DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.ipp")

set(hull_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Hull)
install(EXPORT HullTargets NAMESPACE Hull:: DESTINATION ${hull_package_dir})
set(HULL_INSTALL_QMLDIR ${CMAKE_INSTALL_LIBDIR}/qml CACHE PATH
    "Where QML modules go, below the prefix; Qt's own are in lib/qt6/qml")
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/HullConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/HullConfig.cmake
                              INSTALL_DESTINATION ${hull_package_dir} PATH_VARS HULL_INSTALL_QMLDIR)
# Before 1.0 a minor version may break its users.
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/HullConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/HullConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/HullConfigVersion.cmake
        DESTINATION ${hull_package_dir})

# The prefix relative to the file itself, so that `cmake --install --prefix` may choose another.
file(RELATIVE_PATH hull_prefix_from_pc /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(${CMAKE_CURRENT_LIST_DIR}/hull-client.pc.in ${CMAKE_CURRENT_BINARY_DIR}/hull-client.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/hull-client.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
