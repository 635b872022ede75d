// What stands between a typed call and the untyped one that carries it.
#pragma once

#include <hull/value/convert.hpp>

#include <boost/asio/associator.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace hull::detail {

inline error with_prefix(error e, std::string_view what, std::string_view path) {
  e.message = std::string(what).append(path).append(": ").append(e.message);
  return e;
}

template <class Args>
result<value> arguments_of(std::string_view path, const Args& args) {
  auto written = to_value(args);
  if (written.has_error()) return with_prefix(written.error(), "The arguments of ", path);
  return written;
}

/// Errors pass as they are.
template <class Result>
result<Result> typed_result(std::string_view path, result<value> raw) {
  if (raw.has_error()) return raw.error();
  if constexpr (std::is_void_v<Result>) {
    return {};
  } else {
    auto read = from_value<Result>(*raw);
    if (read.has_error()) return with_prefix(read.error(), "The result of ", path);
    return read;
  }
}

/// Takes a value and hands on the object.
template <class Result, class Handler>
struct result_handler {
  Handler handler;
  std::string path;
  void operator()(result<value> raw) { std::move(handler)(typed_result<Result>(path, std::move(raw))); }
};

}  // namespace hull::detail

/// Executor, cancellation slot and allocator are those of the handler inside.
template <template <class, class> class Associator, class Result, class Handler, class Default>
struct boost::asio::associator<Associator, hull::detail::result_handler<Result, Handler>, Default>
    : Associator<Handler, Default> {
  using outer = hull::detail::result_handler<Result, Handler>;
  static typename Associator<Handler, Default>::type get(const outer& h) noexcept {
    return Associator<Handler, Default>::get(h.handler);
  }
  static auto get(const outer& h, const Default& d) noexcept
      -> decltype(Associator<Handler, Default>::get(h.handler, d)) {
    return Associator<Handler, Default>::get(h.handler, d);
  }
};
