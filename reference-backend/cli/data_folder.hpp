// The folder that holds everything a deployment owns: its data, and the name and secret that its keys are made of.
#pragma once

#include "auth/admin_key.hpp"
#include "common/failure.hpp"
#include "common/random.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace hull::backend::cli {

/// $XDG_DATA_HOME/hull, or ~/.local/share/hull.
std::filesystem::path default_data_folder();

/// Makes the folder when it is missing (mode 0700), and in it `instance_name` and `instance_secret` (mode 0600). A
/// name or secret that is given replaces the one that is kept. Failures say what to do.
outcome<auth::instance_identity> prepare_data_folder(const std::filesystem::path& folder,
                                                     const std::optional<std::string>& name,
                                                     const std::optional<std::string>& secret_hex,
                                                     random_source& random);

}  // namespace hull::backend::cli
