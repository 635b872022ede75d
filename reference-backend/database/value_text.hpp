// Values as error texts show them: close to JavaScript, floats always with a fraction or an exponent.
#pragma once

#include "database/index_key.hpp"

#include <hull/value/value.hpp>

#include <string>
#include <string_view>

namespace hull::backend::database {

/// `{body: "hi", count: 1.0, id: 5n}`
std::string to_text(const value& v);
std::string to_text(const maybe_value& v);  ///< Nothing prints "undefined".
/// Name of the type: "Int64", "Float64", "undefined", ...
std::string_view type_name(const maybe_value& v);
/// A field name as an object literal writes it: bare when it can be.
std::string field_text(std::string_view name);

}  // namespace hull::backend::database
