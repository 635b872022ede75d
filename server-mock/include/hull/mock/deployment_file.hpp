// A fake deployment described by a JSON file: tables, and functions over them that need no code. The format is in
// docs/reference/mock.md.
#pragma once

#include <hull/error.hpp>
#include <hull/mock/fake_deployment.hpp>

#include <string>
#include <string_view>

namespace hull::mock {

/// Puts tables, functions and users of the text into the deployment. errc::bad_value says what is wrong and where,
/// for example ".tables.messages[2]: a document must be an object"; nothing has been put in then.
result<void> add_deployment_text(fake_deployment& deployment, std::string_view text);
/// The same from a file; errors begin with its name, and name line and column where the text is no JSON.
result<void> add_deployment_file(fake_deployment& deployment, const std::string& file);

}  // namespace hull::mock
