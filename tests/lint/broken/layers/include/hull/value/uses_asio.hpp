// A sample that the layers test must reject: data that knows of executors.
#pragma once

// Values are plain data.
#include <boost/asio/post.hpp>
