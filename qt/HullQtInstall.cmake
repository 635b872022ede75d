# What `cmake --install` lays down of the Qt room: Hull::qt, Hull::qml, the QML modules Hull and HullTest, and the files
# by which CMake and pkg-config find them. Headers stay apart from the client's: include/hull-qt knows Qt alone.
set(hull_qt_include ${CMAKE_INSTALL_INCLUDEDIR}/hull-qt)
file(RELATIVE_PATH hull_lib_from_module /prefix/${HULL_INSTALL_QMLDIR}/Hull /prefix/${CMAKE_INSTALL_LIBDIR})

# The public headers are those whose name does not end in _p.h, but for the one that is for the type registration alone.
if(NOT HULL_QT_KEYCHAIN)
  set(hull_keychain_headers PATTERN "hull*keychain.h" EXCLUDE)
endif()
foreach(room IN ITEMS core models qml)
  install(DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/${room}/ DESTINATION ${hull_qt_include} COMPONENT hull_qt
          FILES_MATCHING PATTERN "hull*.h" PATTERN "*_p.h" EXCLUDE PATTERN "hullqmltypes.h" EXCLUDE
          ${hull_keychain_headers})
endforeach()

foreach(target IN ITEMS hull_qt hull_qml)
  string(REPLACE "hull_" "" short ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${short} INSTALL_RPATH "\$ORIGIN")
  target_include_directories(${target} INTERFACE $<INSTALL_INTERFACE:${hull_qt_include}>)
  install(TARGETS ${target} EXPORT HullQtTargets COMPONENT hull_qt
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endforeach()

# hull_install_module(name plugin): a QML module as its build left it.
function(hull_install_module name plugin)
  set(folder ${HULL_INSTALL_QMLDIR}/${name})
  set_target_properties(${plugin} PROPERTIES INSTALL_RPATH "\$ORIGIN/${hull_lib_from_module}")
  install(TARGETS ${plugin} COMPONENT hull_qt LIBRARY DESTINATION ${folder} RUNTIME DESTINATION ${folder})
  install(DIRECTORY ${CMAKE_BINARY_DIR}/qml/${name}/ DESTINATION ${folder} COMPONENT hull_qt
          FILES_MATCHING PATTERN "qmldir" PATTERN "*.qmltypes" PATTERN "*.qml" PATTERN "*.js")
endfunction()
hull_install_module(Hull hull_qmlplugin)
if(TARGET hull_qmltest)
  set_target_properties(hull_qmltest PROPERTIES INSTALL_RPATH "\$ORIGIN")
  install(TARGETS hull_qmltest COMPONENT hull_qt
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} NAMELINK_SKIP RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  hull_install_module(HullTest hull_qmltestplugin)
endif()

install(EXPORT HullQtTargets NAMESPACE Hull:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Hull COMPONENT hull_qt)
file(RELATIVE_PATH hull_prefix_from_pc /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(${CMAKE_CURRENT_LIST_DIR}/hull-qt.pc.in ${CMAKE_CURRENT_BINARY_DIR}/hull-qt.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/hull-qt.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT hull_qt)
