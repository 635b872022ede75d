// Macros that shape how Hull is compiled.
//
// By default every body is inline in its header. A program that defines HULL_SEPARATE_COMPILATION everywhere and
// includes <hull/src.hpp> in exactly one source file compiles the client once (CMake: Hull::client_compiled).
#pragma once

#ifdef HULL_SEPARATE_COMPILATION
#define HULL_INLINE
#else
#define HULL_INLINE inline
#endif
