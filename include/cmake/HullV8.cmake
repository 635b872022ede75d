# Finds V8 10.2 of Debian's libnode-dev and makes the imported target hull_v8 of it.
#
# HULL_V8_PREFIX says where the packages are: a folder into which libnode-dev and libnode108 were unpacked, or /usr
# where they are installed. Only the V8 headers of that package go on the include path (never those of another
# Node.js, whose V8 differs), and no V8_* macro is defined: the library is built without pointer compression.

if(NOT DEFINED HULL_V8_PREFIX)
  if(EXISTS ${CMAKE_CURRENT_LIST_DIR}/../../build/_deps/v8/usr)
    get_filename_component(HULL_V8_PREFIX ${CMAKE_CURRENT_LIST_DIR}/../../build/_deps/v8 ABSOLUTE)
  else()
    set(HULL_V8_PREFIX /usr)
  endif()
endif()
set(HULL_V8_PREFIX ${HULL_V8_PREFIX} CACHE PATH "Where Debian's libnode-dev and libnode108 are")

if(NOT TARGET hull_v8)
  find_path(HULL_V8_INCLUDE_DIR v8.h NO_DEFAULT_PATH
            PATHS ${HULL_V8_PREFIX}/usr/include/nodejs/deps/v8/include ${HULL_V8_PREFIX}/include/nodejs/deps/v8/include)
  find_library(HULL_V8_LIBRARY NAMES libnode.so.108 NO_DEFAULT_PATH
               PATHS ${HULL_V8_PREFIX}/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE} ${HULL_V8_PREFIX}/lib/${CMAKE_LIBRARY_ARCHITECTURE}
                     ${HULL_V8_PREFIX}/usr/lib ${HULL_V8_PREFIX}/lib)
  if(NOT HULL_V8_INCLUDE_DIR OR NOT HULL_V8_LIBRARY)
    message(FATAL_ERROR "V8 10.2 not found under HULL_V8_PREFIX=${HULL_V8_PREFIX}. `./dev setup` fetches it; on a plain "
                        "Debian 12 `apt-get install libnode-dev` does, with -DHULL_V8_PREFIX=/usr.")
  endif()
  mark_as_advanced(HULL_V8_INCLUDE_DIR HULL_V8_LIBRARY)
  get_filename_component(hull_v8_library_dir ${HULL_V8_LIBRARY} DIRECTORY)

  add_library(hull_v8 SHARED IMPORTED GLOBAL)
  set_target_properties(hull_v8 PROPERTIES IMPORTED_LOCATION ${HULL_V8_LIBRARY}
                        INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${HULL_V8_INCLUDE_DIR}
                        INTERFACE_INCLUDE_DIRECTORIES ${HULL_V8_INCLUDE_DIR})
  if(NOT HULL_V8_LIBRARY MATCHES "^/usr/lib/")
    target_link_options(hull_v8 INTERFACE "LINKER:-rpath,${hull_v8_library_dir}")
  endif()
endif()
