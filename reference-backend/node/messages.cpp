// Lines to and from Node.js.
#include "node/messages.hpp"

#include "runtime/function_log.hpp"

#include <hull/value/json.hpp>

#include <utility>

namespace hull::backend::node {
namespace {

json_options plain() {
  json_options o;
  o.any_names = true;
  o.plain = true;
  return o;
}

std::string line_of(object fields) { return write_json(value(std::move(fields))) + "\n"; }

object question(std::string_view type, question_id id, const module_place& module, const environment& env) {
  array variables;
  for (const auto& [name, text] : env.variables) variables.push_back(value::make_array({value(name), value(text)}));
  object fields;
  fields.set("type", std::string(type));
  fields.set("id", static_cast<double>(id));
  fields.set("folder", module.folder);
  fields.set("module", module.path);
  fields.set("environment", std::move(variables));
  fields.set("environmentNumber", static_cast<double>(env.number));
  return fields;
}

std::optional<std::string> text(const value& from, std::string_view name) {
  const value* field = from.find(name);
  if (field == nullptr || !field->is_string()) return std::nullopt;
  return field->as_string();
}

double number(const value& from, std::string_view name) {
  const value* field = from.find(name);
  const double* found = field != nullptr ? field->if_double() : nullptr;
  return found != nullptr && *found >= 0 && *found < 9e15 ? *found : 0;
}

runtime::log_line read_log(const value& from) {
  std::vector<std::string> messages;
  if (const value* list = from.find("messages"); list != nullptr && list->is_array())
    for (const value& item : list->as_array())
      if (item.is_string()) messages.push_back(item.as_string());
  return runtime::make_log_line(text(from, "level").value_or("LOG"), std::move(messages),
                                static_cast<std::int64_t>(number(from, "timestamp")));
}

runtime::node_error read_error(const value& from) {
  runtime::node_error e;
  e.message = text(from, "message").value_or("unknown error");
  e.name = text(from, "name");
  e.frames_json = text(from, "frames");
  if (const auto data = text(from, "data")) {
    auto read = read_json(*data);
    if (!read) return {"ConvexError with invalid data: " + read.error().message, {}, {}, {}};
    e.data = *std::move(read);
  }
  return e;
}

}  // namespace

std::string run_line(question_id id, const module_place& module, const environment& env, const std::string& function,
                     const std::string& args_json, double timeout_seconds) {
  object fields = question("run", id, module, env);
  fields.set("function", function);
  fields.set("args", args_json);
  fields.set("timeout", timeout_seconds);
  return line_of(std::move(fields));
}

std::string describe_line(question_id id, const module_place& module, const environment& env,
                          std::string_view describer) {
  object fields = question("describe", id, module, env);
  fields.set("describer", std::string(describer));
  return line_of(std::move(fields));
}

std::string answer_line(question_id id, double call, const outcome<std::string>& answer) {
  object fields;
  fields.set("type", "answer");
  fields.set("id", static_cast<double>(id));
  fields.set("call", call);
  if (answer) {
    fields.set("text", *answer);
  } else {
    const failure why = answer.error();
    fields.set("message", why.message);
    if (why.data) fields.set("data", write_json(*why.data));
  }
  return line_of(std::move(fields));
}

outcome<message> read_message(std::string_view line) {
  const auto read = read_json(line, plain());
  if (!read) return internal_failure("Node.js sent a line that is no JSON: " + read.error().message);
  const std::string type = text(*read, "type").value_or("");
  message m;
  m.id = static_cast<question_id>(number(*read, "id"));
  if (type == "ready") {
    m.what = message::type::ready;
    m.version = text(*read, "version").value_or("");
  } else if (type == "call") {
    m.what = message::type::call;
    m.call = number(*read, "call");
    m.name = text(*read, "name").value_or("");
    m.args_json = text(*read, "args").value_or("");
  } else if (type == "log") {
    m.what = message::type::log;
    m.line = read_log(*read);
  } else if (type == "done") {
    m.what = message::type::done;
    m.value = text(*read, "value");
    if (const value* error = read->find("error"); error != nullptr && !m.value) m.error = read_error(*error);
    const value* exiting = read->find("exiting");
    m.exiting = exiting != nullptr && exiting->if_bool() != nullptr && exiting->as_bool();
  } else {
    return internal_failure("Node.js sent a line of unknown type \"" + type + "\".");
  }
  return m;
}

}  // namespace hull::backend::node
