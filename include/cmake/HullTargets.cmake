# Shared rules for the project's own targets. Nothing here reaches a consumer of Hull::client.

# hull_own(target): our warnings, as errors, on a target of ours.
function(hull_own target)
  target_compile_features(${target} PRIVATE cxx_std_20)
  if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wnon-virtual-dtor -Woverloaded-virtual)
    if(HULL_WERROR)
      target_compile_options(${target} PRIVATE -Werror)
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # GCC 12 reports these inside Boost and libstdc++ templates at -O2, without cause.
      target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized -Wno-restrict -Wno-dangling-pointer
                                               -Wno-stringop-overflow -Wno-array-bounds)
    endif()
  endif()
endfunction()

# Sanitizers make everything several times slower.
set(HULL_TEST_TIMEOUT 120)
if(HULL_SANITIZE)
  set(HULL_TEST_TIMEOUT 900)
endif()

# hull_test(name SOURCES a.cpp ... LINK lib ...): one GoogleTest program, every case a ctest test.
function(hull_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  hull_own(${name})
  target_link_libraries(${name} PRIVATE ${arg_LINK} GTest::gmock GTest::gtest_main)
  set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  gtest_discover_tests(${name} NO_PRETTY_VALUES DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT ${HULL_TEST_TIMEOUT})
endfunction()
