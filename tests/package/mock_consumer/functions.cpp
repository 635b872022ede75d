// The functions of the deployment.
#include <hull/hull.hpp>
#include <hull/mock/fake_deployment.hpp>

void add_functions(hull::mock::fake_deployment& deployment) {
  deployment.query("messages:list", [](hull::mock::query_context& db, const hull::value&) {
    return hull::value(db.table("messages").scan());
  });
  deployment.mutation("messages:send", [](hull::mock::mutation_context& db, const hull::value& args) {
    return hull::value(db.table("messages").insert(args.as_object()));
  });
}
