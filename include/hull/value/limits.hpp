// Bounds that keep bytes from the network from costing more than they should.
#pragma once

#include <cstddef>

namespace hull {

/// Limits that Convex puts on every value (the server enforces them, the client decodes within them).
struct value_limits {
  std::size_t max_nesting = 64;             ///< A scalar nests 0, a container 1 more than its deepest child.
  std::size_t max_array_length = 8192;      ///< Elements.
  std::size_t max_object_fields = 1024;     ///< Fields of one object.
  std::size_t max_field_name = 1024;        ///< Characters; names are printable ASCII.
  std::size_t max_values = 16'000'000;      ///< Values in one text, containers and what they hold; each takes memory.
  std::size_t max_text_bytes = 256u << 20;  ///< Length of the JSON text itself.
};

}  // namespace hull
