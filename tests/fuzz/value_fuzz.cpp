// The text of values: whatever is accepted comes back equal from its canonical text, and orders and sizes hold.
#include "fuzz.hpp"

#include <hull/value/json.hpp>
#include <hull/value/order.hpp>
#include <hull/value/size.hpp>

#include <string>
#include <string_view>

namespace {

using hull::fuzz::require;

void circle(std::string_view text, const hull::json_options& options) {
  const auto read = hull::read_json(text, options);
  if (read.has_error()) {
    require(!read.error().message.empty(), "a refusal says why");
    return;
  }
  const std::string canonical = hull::write_json(*read);
  hull::json_options same = options;
  same.limits.max_text_bytes = canonical.size() + 1;
  const auto again = hull::read_json(canonical, same);
  require(again.has_value(), "our own text is readable");
  require(*again == *read, "the value survives the circle");
  require(hull::write_json(*again) == canonical, "equal values have equal texts");
  require(hull::compare_values(*again, *read) == 0, "equal values have equal places");
  require(hull::value_size(*again) == hull::value_size(*read), "equal values have equal sizes");
  require(!hull::write_clean_json(*read).empty(), "every value has a clean text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  circle(text, {});
  hull::json_options lenient;
  lenient.any_names = true;
  circle(text, lenient);
  lenient.plain = true;
  (void)hull::read_json(text, lenient);  // No circle: the canonical text has encodings, which stay objects here.
  hull::json_options tight;
  tight.limits = {3, 4, 3, 8, 20, 256};
  (void)hull::read_json(text, tight);  // No circle either: the canonical text may exceed the limits.
  return 0;
}
