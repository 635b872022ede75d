// Conversations between a client and a deployment. The deployment's part is written here once; the client's part is
// played by the npm client (tests/interop/record_golden.mjs) and by our engine (our_side.cpp).
#pragma once

#include <hull/mock/script.hpp>

#include <ostream>
#include <span>
#include <string_view>

namespace hull::golden {

/// Where a scenario is played.
class stage {
 public:
  virtual ~stage() = default;
  /// The client's next socket. The one before must be over.
  virtual mock::peer& accept() = 0;
  /// The client has done all that it wanted, and says no more.
  virtual void expect_end() = 0;
};

struct scenario {
  std::string_view name;
  void (*play)(stage&);  ///< The deployment's part; throws mock::unexpected when the client does something else.
};
/// For test names.
inline std::ostream& operator<<(std::ostream& out, const scenario& s) { return out << s.name; }

std::span<const scenario> scenarios();
/// Null when there is none of this name.
const scenario* find_scenario(std::string_view name);

}  // namespace hull::golden
