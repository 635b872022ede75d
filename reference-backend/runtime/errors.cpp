// Error texts: "Uncaught <name>: <message>", then "    at <function> (<file>:<line>:<column>)" for each frame.
#include "runtime/errors.hpp"

#include "common/fields.hpp"
#include "runtime/newer_syntax.hpp"
#include "runtime/text_limit.hpp"

#include <hull/value/json.hpp>

#include <algorithm>

namespace hull::backend::runtime {
namespace {

constexpr std::size_t max_message_bytes = 65536;

json_options plain_json() {
  json_options o;
  o.any_names = true;
  o.plain = true;
  return o;
}

bool flag(const value& frame, std::string_view name) {
  const value* v = frame.find(name);
  return v != nullptr && v->if_bool() != nullptr && v->as_bool();
}

std::optional<std::uint32_t> number(const value& frame, std::string_view name) {
  const value* v = frame.find(name);
  if (v == nullptr || v->if_double() == nullptr || !(v->as_double() >= 0 && v->as_double() < 4e9)) return std::nullopt;
  return static_cast<std::uint32_t>(v->as_double());
}

bool is_library_code(const std::string& source) {
  return source.find("udf-runtime/src") != std::string::npos ||
         source.find("convex/src/server/impl") != std::string::npos;
}

/// The call site without its location.
std::string call_text(const value& frame) {
  std::string out;
  if (flag(frame, "isAsync")) out += "async ";
  if (flag(frame, "isPromiseAll")) {
    const auto index = number(frame, "promiseIndex");
    return out + "Promise.all (index " + std::to_string(index.value_or(0)) + ")";
  }
  const std::string function = text_of(frame, "functionName");
  const std::string type = text_of(frame, "typeName");
  const std::string method = text_of(frame, "methodName");
  if (flag(frame, "isConstructor")) return out + "new " + (function.empty() ? "<anonymous>" : function);
  if (function.empty()) {
    if (!type.empty()) out += type + ".";
    return out + (method.empty() ? "<anonymous>" : method);
  }
  if (!type.empty() && function.compare(0, type.size(), type) == 0) out += type + ".";
  out += function;
  if (!method.empty() && function.size() >= method.size() &&
      function.compare(function.size() - method.size(), method.size(), method) == 0)
    out += " [as " + method + "]";
  return out;
}

struct shown_frame {
  std::string source;
  std::string line;
};

std::string location_text(const source_map::position& p) {
  return p.source + ":" + std::to_string(p.line + 1) + ":" + std::to_string(p.column + 1);
}

/// Where a 1-based position of a module comes from; nothing when the module has no source map.
std::optional<source_map::position> mapped(std::string_view url, std::uint32_t line, std::uint32_t column,
                                           const module_set& modules) {
  const std::string_view path = module_path_of(url);
  if (path.empty() || line == 0 || column == 0) return std::nullopt;
  const auto map = source_map_of(modules, path);
  return map ? map->find(line - 1, column - 1) : std::nullopt;
}

std::string get_text(v8::Local<v8::Context> context, v8::Local<v8::Object> from, std::string_view name) {
  v8::Isolate* isolate = context->GetIsolate();
  v8::Local<v8::Value> found;
  if (!from->Get(context, js_name(isolate, name)).ToLocal(&found) || found->IsNullOrUndefined()) return {};
  v8::Local<v8::String> text;
  return found->ToString(context).ToLocal(&text) ? utf8_text(isolate, text) : std::string();
}

std::string_view newer_syntax_at(v8::Local<v8::Context> context, std::string_view message, v8::Local<v8::Message> at) {
  v8::Local<v8::String> line;
  if (!at->GetSourceLine(context).ToLocal(&line)) return {};
  v8::Isolate* isolate = context->GetIsolate();
  // One character for one of the line: columns count so.
  const v8::String::Value units(isolate, line);
  std::string text;
  for (int i = 0; i < units.length(); ++i) text += (*units)[i] < 0x80 ? static_cast<char>((*units)[i]) : '?';
  const auto column = static_cast<std::size_t>(std::clamp(at->GetStartColumn(), 0, units.length()));
  return newer_syntax(message, std::string_view(text).substr(0, column), std::string_view(text).substr(column));
}

bool has_convex_data(v8::Local<v8::Context> context, v8::Local<v8::Object> error) {
  v8::Local<v8::Value> symbol;
  if (!error->Get(context, js_name(context->GetIsolate(), "ConvexErrorSymbol")).ToLocal(&symbol) || !symbol->IsSymbol())
    return false;
  v8::Local<v8::Value> marked;
  return error->Get(context, symbol).ToLocal(&marked) && marked->IsTrue();
}

}  // namespace

std::string uncaught_text(const std::string& name, const std::string& message) {
  if (name.empty() && message.empty()) return "Uncaught";
  if (name.empty()) return "Uncaught " + message;
  return message.empty() ? "Uncaught " + name : "Uncaught " + name + ": " + message;
}

js_error plain_error(std::string message, bool fatal) {
  js_error e;
  cut_utf8(message, max_message_bytes);
  e.display = message + "\n";
  e.message = std::move(message);
  e.fatal = fatal;
  return e;
}

std::string format_frames(std::string_view frames_json, const module_set& modules) {
  const auto frames = read_json(frames_json, plain_json());
  if (!frames || !frames->is_array()) return {};
  std::vector<shown_frame> shown;
  for (const value& frame : frames->as_array()) {
    const std::string file = text_of(frame, "fileName");
    const auto where =
        mapped(file, number(frame, "lineNumber").value_or(0), number(frame, "columnNumber").value_or(0), modules);
    if (!where) continue;
    shown.push_back({where->source, "    at " + call_text(frame) + " (" + location_text(*where) + ")\n"});
  }
  const auto is_ours = [](const shown_frame& f) { return is_library_code(f.source); };
  const auto first = std::find_if_not(shown.begin(), shown.end(), is_ours);
  const auto last = std::find_if_not(shown.rbegin(), std::make_reverse_iterator(first), is_ours).base();
  std::string out;
  for (auto at = first; at != last; ++at) out += at->line;
  return out;
}

js_error describe_exception(v8::Local<v8::Context> context, v8::Local<v8::Value> exception, const module_set& modules) {
  v8::Isolate* isolate = context->GetIsolate();
  const v8::TryCatch ignored(isolate);
  if (exception.IsEmpty()) return plain_error("Uncaught Error");
  const bool convex = exception->IsObject() && has_convex_data(context, exception.As<v8::Object>());
  if (!exception->IsNativeError() && !convex) {
    const v8::Local<v8::String> text = v8::Exception::CreateMessage(isolate, exception)->Get();
    return plain_error(utf8_text(isolate, text));
  }

  const auto object = exception.As<v8::Object>();
  js_error e;
  e.message =
      uncaught_text(convex ? "ConvexError" : get_text(context, object, "name"), get_text(context, object, "message"));
  if (convex) {
    auto data = read_json(get_text(context, object, "data"));
    if (!data) return plain_error("ConvexError with invalid data: " + data.error().message);
    e.data = std::move(*data);
  }
  cut_utf8(e.message, max_message_bytes);
  get_text(context, object, "stack");  // makes the glue collect the frames
  e.display = e.message + "\n" + format_frames(get_text(context, object, "__frameData"), modules);
  return e;
}

js_error describe_syntax_error(v8::Local<v8::Context> context, const v8::TryCatch& caught, const module_set& modules) {
  js_error e = describe_exception(context, caught.Exception(), modules);
  const v8::Local<v8::Message> at = caught.Message();
  if (at.IsEmpty()) return e;
  if (const std::string_view what = newer_syntax_at(context, e.message, at); !what.empty()) {
    const std::string hint = ". Functions run in V8 10.2, which does not know " + std::string(what) + ".";
    e.display.insert(std::min(e.display.find('\n'), e.display.size()), hint);
    e.message += hint;
  }
  const std::string url = utf8_text(context->GetIsolate(), at->GetScriptResourceName());
  const int line = at->GetLineNumber(context).FromMaybe(0);
  const int column = at->GetStartColumn(context).FromMaybe(0) + 1;
  if (line <= 0 || column <= 0 || module_path_of(url).empty()) return e;
  const auto where = mapped(url, static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(column), modules);
  e.display += "    at <anonymous> (" +
               (where ? location_text(*where) : url + ":" + std::to_string(line) + ":" + std::to_string(column)) +
               ")\n";
  return e;
}

v8::Local<v8::Value> error_object(v8::Local<v8::Context> context, const failure& f) {
  v8::Isolate* isolate = context->GetIsolate();
  const v8::Local<v8::Value> error = v8::Exception::Error(js_string(isolate, f.message));
  if (f.data) {
    v8::Local<v8::Value> data;
    if (v8::JSON::Parse(context, js_string(isolate, write_json(*f.data))).ToLocal(&data))
      error.As<v8::Object>()->Set(context, js_name(isolate, "data"), data).Check();
  }
  return error;
}

}  // namespace hull::backend::runtime
