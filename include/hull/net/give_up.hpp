// Ends an operation of Asio by its cancellation signal, also in a program in which Qt's keyword `emit` is a macro. Asio
// guards its own headers against that; this is the one place in which ours say the word.
#pragma once

#include <boost/asio/cancellation_signal.hpp>

#pragma push_macro("emit")
#undef emit

namespace hull::net {

inline void give_up(boost::asio::cancellation_signal& signal) { signal.emit(boost::asio::cancellation_type::terminal); }

}  // namespace hull::net

#pragma pop_macro("emit")
