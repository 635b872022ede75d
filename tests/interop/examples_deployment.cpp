// A deployment for the examples that hull-backend cannot serve yet: users and files. Prints its URL, and runs until its
// standard input ends.
#include <hull/mock/fake_deployment.hpp>

#include <iostream>
#include <limits>
#include <optional>
#include <string>

int main() {
  hull::mock::fake_deployment deployment;
  deployment.authenticate([](const std::string& token) -> std::optional<hull::value> {
    if (token != "token-of-ada") return std::nullopt;
    return hull::object{{"name", "Ada"}};
  });
  deployment.query("users:me", [](hull::mock::query_context& db, const hull::value&) {
    const hull::value* name = db.user() ? db.user()->find("name") : nullptr;
    return name != nullptr ? *name : hull::value();
  });
  deployment.mutation("files:uploadUrl", [](hull::mock::mutation_context& db, const hull::value&) {
    return hull::value(db.generate_upload_url());
  });
  deployment.query("files:url", [](hull::mock::query_context& db, const hull::value& args) {
    const std::optional<std::string> url = db.storage_url(args.find("file")->as_string());
    return url ? hull::value(*url) : hull::value();
  });
  std::cout << deployment.url() << std::endl;
  std::cin.ignore(std::numeric_limits<std::streamsize>::max());
}
