// hull-backend: runs unmodified Convex apps.
#include "cli/data_folder.hpp"
#include "cli/serve.hpp"
#include "common/clock.hpp"
#include "common/log.hpp"
#include "http/routes.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <map>
#include <string>

namespace {

using namespace hull::backend;

constexpr const char* footer = R"text(
Try it:
  hull-backend serve                 start a deployment; it keeps its data in a folder of yours
  hull-backend admin-key             print the key that tools need, in another terminal

Deploy an app to it:
  export CONVEX_SELF_HOSTED_URL=http://127.0.0.1:3210
  export CONVEX_SELF_HOSTED_ADMIN_KEY="$(hull-backend admin-key)"
  npx convex deploy

"hull-backend serve --help" lists all options.)text";

int print_admin_key(const cli::serve_options& o) {
  auto instance = cli::prepare_data_folder(o.data, o.instance_name, o.instance_secret, system_random());
  if (!instance) {
    std::fprintf(stderr, "hull-backend: %s\n", instance.error().message.c_str());
    return 1;
  }
  const auto now = static_cast<std::uint64_t>(system_clock().wall_ns() / 1'000'000'000);
  std::printf("%s\n", auth::make_admin_key(*instance, now).c_str());
  return 0;
}

void add_instance_options(CLI::App& command, cli::serve_options& o) {
  command.add_option("--data", o.data, "Folder of the deployment; made when it is missing")
      ->type_name("DIR")
      ->default_str(o.data.string());
  command.add_option("--instance-name", o.instance_name, "Name of the deployment; kept in the folder [hull-development]")
      ->type_name("NAME");
  command
      .add_option("--instance-secret", o.instance_secret,
                  "Secret that keys are made with, 64 hexadecimal digits; kept in the folder [a random one]")
      ->type_name("HEX")
      ->envname("HULL_INSTANCE_SECRET");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Hull backend: runs Convex apps on your machine.", "hull-backend");
  app.footer(footer);
  app.set_version_flag("--version", "hull-backend " + std::string(http::backend_version));
  app.require_subcommand(1);

  cli::serve_options options;
  options.data = cli::default_data_folder();
  int status = 0;

  const auto port_range = CLI::Range(0, 65535).description("");
  CLI::App* serve = app.add_subcommand("serve", "Start the deployment and serve it until Ctrl-C");
  add_instance_options(*serve, options);
  serve->add_option("--port", options.port, "Port of the API, HTTP and WebSocket; 0 picks a free one")
      ->check(port_range)
      ->type_name("N")
      ->capture_default_str();
  serve->add_option("--site-port", options.site_port, "Port of HTTP actions; 0 picks a free one [the one after --port]")
      ->check(port_range)
      ->type_name("N");
  serve->add_option("--bind", options.bind, "Address to listen on; 0.0.0.0 lets other machines in")
      ->type_name("ADDR")
      ->capture_default_str();
  serve->add_option("--origin", options.origin, "URL under which clients reach the API, if a proxy stands before it")
      ->type_name("URL");
  serve->add_option("--site-origin", options.site_origin, "The same for HTTP actions")->type_name("URL");
  serve->add_option("--node", options.node, "Node.js 18 or newer, for actions in \"use node\" files")
      ->type_name("PROGRAM")
      ->capture_default_str();
  serve->add_option("--npm", options.npm, "npm, which installs the packages that such files do not bundle")
      ->type_name("PROGRAM")
      ->capture_default_str();
  severity level = severity::info;
  const std::map<std::string, severity> levels{
      {"error", severity::error}, {"warning", severity::warning}, {"info", severity::info}, {"debug", severity::debug}};
  serve->add_flag("--redact-logs-to-client", options.redact_logs_to_client,
                  "Keep log lines and the texts of errors from clients, as a production deployment does");
  serve->add_flag("--new-context-per-run", options.new_context_per_run,
                  "Run each function in a new JavaScript context: slow, with the same results; to compare with");
  serve->add_option("--log-level", level, "How much to say on standard error: error, warning, info or debug [info]")
      ->type_name("LEVEL")
      ->transform(CLI::CheckedTransformer(levels).description(""));
  serve->callback([&] {
    log_threshold() = level;
    status = cli::serve(options);
  });

  CLI::App* admin_key = app.add_subcommand("admin-key", "Print an admin key of the deployment, and nothing else");
  add_instance_options(*admin_key, options);
  admin_key->callback([&] { status = print_admin_key(options); });

  if (argc == 1) {
    std::puts(app.help().c_str());
    return 1;
  }
  CLI11_PARSE(app, argc, argv);
  return status;
}
