// A sample that the layers test must reject: the database runs JavaScript.
#pragma once

// V8 lives in runtime alone.
#include <v8.h>
