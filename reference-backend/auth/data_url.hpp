// "data:" URLs: documents that are written where others only have their address.
#pragma once

#include "common/failure.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace hull::backend::auth {

bool is_data_url(std::string_view url) noexcept;

/// The content. The failure is a text that says what is wrong with the URL.
outcome<std::string> decode_data_url(std::string_view url, std::size_t max_bytes);

}  // namespace hull::backend::auth
