# How a window example is put together.
find_package(OpenSSL 3 REQUIRED)  # For all: Qt looks through what a program links from the folder of another.
find_package(Qt6 6.4 REQUIRED COMPONENTS Quick)

# hull_example_qml(result NAME...): files ui/NAME.qml that are found under their names alone.
function(hull_example_qml result)
  set(files)
  foreach(name IN LISTS ARGN)
    if(NOT name MATCHES "\\.")
      string(APPEND name .qml)
    endif()
    set_source_files_properties(ui/${name} PROPERTIES QT_RESOURCE_ALIAS ${name})
    list(APPEND files ui/${name})
  endforeach()
  set(${result} ${files} PARENT_SCOPE)
endfunction()

# hull_example_app(program URI uri QML NAME... SOURCES file...): the program from main.cpp, and PROGRAM_app with all the
# rest, which tests link as well.
function(hull_example_app program)
  cmake_parse_arguments(arg "" "URI" "QML;SOURCES" ${ARGN})
  qt_add_library(${program}_app STATIC ${arg_SOURCES})
  set_target_properties(${program}_app PROPERTIES AUTOMOC ON UNITY_BUILD ON)
  hull_example_qml(files ${arg_QML})
  qt_add_qml_module(${program}_app
    URI ${arg_URI}
    VERSION 1.0
    NO_PLUGIN
    NO_CACHEGEN  # Quick to build; the engine compiles them in no time.
    DEPENDENCIES QtQuick
    RESOURCE_PREFIX /qt/qml
    OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/qml/${arg_URI}
    IMPORT_PATH ${CMAKE_BINARY_DIR}/qml
    QML_FILES ${files})
  target_include_directories(${program}_app PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${program}_app PUBLIC hull_example)
  hull_own(${program}_app)
  hull_qt_strict(${program}_app)

  qt_add_executable(${program} main.cpp)
  target_link_libraries(${program} PRIVATE ${program}_app)
  hull_own(${program})
  hull_qt_strict(${program})
endfunction()
