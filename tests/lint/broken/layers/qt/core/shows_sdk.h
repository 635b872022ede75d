// A sample that the layers test must reject: a public Qt header that shows the client library.
#pragma once

// Only .cpp and _p.h files may.
#include <hull/value/value.hpp>
