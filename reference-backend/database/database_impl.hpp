// The inside of a database.
#pragma once

#include "database/committer.hpp"
#include "database/database.hpp"

namespace hull::backend::database {

struct database::impl {
  impl(std::unique_ptr<storage::persistence> persistence, clock& c, random_source& r,
       const cursor_sealer::secret& secret, snapshot first)
      : store(std::move(persistence)), shared{*store, c, r, cursor_sealer(secret)}, commits(shared, std::move(first)) {}

  std::unique_ptr<storage::persistence> store;
  services shared;
  committer commits;
};

/// Stored JSON text, which decodes.
value parsed_or_null(const std::string& json);

}  // namespace hull::backend::database
