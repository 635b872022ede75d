// A sample that the layers test must reject: a pure machine takes a lock.
#pragma once

// The engine lives on one thread.
#include <mutex>
