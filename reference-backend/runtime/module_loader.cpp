// The module graph: registered before its imports are followed, so cycles end; evaluated once per context.
#include "runtime/module_loader.hpp"

#include "runtime/errors.hpp"
#include "runtime/execution.hpp"

namespace hull::backend::runtime {
namespace {

bool is_scheme(std::string_view s) {
  if (s.empty() || std::isalpha(static_cast<unsigned char>(s[0])) == 0) return false;
  for (const char c : s)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '+' && c != '-' && c != '.') return false;
  return true;
}

/// Joins an absolute path ("/a/b") with its "." and ".." segments taken out; without the leading slash.
std::string normal_path(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (part != "." && !part.empty()) {
      parts.push_back(part);
    }
  }
  std::string out;
  for (const std::string_view p : parts) out += (out.empty() ? "" : "/") + std::string(p);
  return out;
}

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

}  // namespace

outcome<std::string> resolve_specifier(std::string_view specifier, std::string_view importer) {
  const std::string shown(specifier);
  if (const std::size_t colon = specifier.find(':');
      colon != std::string_view::npos && is_scheme(specifier.substr(0, colon))) {
    const std::string scheme(specifier.substr(0, colon));
    const std::string_view rest = specifier.substr(colon + 1);
    if (scheme != "convex") return bad_request("UnsupportedScheme", "Unsupported scheme (" + scheme + ") in " + shown);
    if (starts_with(rest, "//"))
      return bad_request("UnsupportedAuthority", "URL " + shown + " has an unsupported authority");
    if (!starts_with(rest, "/")) return bad_request("CannotBeABase", "URL " + shown + " cannot be a base");
    return normal_path(rest);
  }
  if (starts_with(specifier, "/")) return normal_path(specifier);
  if (starts_with(specifier, "./") || starts_with(specifier, "../")) {
    const std::string_view folder =
        importer.substr(0, importer.rfind('/') == std::string_view::npos ? 0 : importer.rfind('/') + 1);
    return normal_path(std::string(folder) + shown);
  }
  return bad_request("ModuleResolution", "Relative import path \"" + shown + "\" not prefixed with / or ./ or ../");
}

const module_loader::loaded* module_loader::find(const std::string& path) const {
  for (const loaded& m : modules_)
    if (m.path == path) return &m;
  return nullptr;
}

v8::MaybeLocal<v8::Module> module_loader::refuse(std::string text) {
  run_.end(plain_error(text));
  refusal_ = std::move(text);
  return {};
}

v8::MaybeLocal<v8::Module> module_loader::compile(v8::Local<v8::Context> context, const std::string& path) {
  const auto& modules = run_.shared_modules();
  const module_source* source = modules->find(path);
  if (source == nullptr) {
    return refuse("Couldn't find JavaScript module '" + path + "'. Did you forget to run `npx convex dev`?");
  }
  if (source->node) {
    return refuse("Trying to execute " + path +
                  " in isolate, but it is bundled for node. Only other \"use node\" modules can import it.");
  }
  v8::Isolate* isolate = context->GetIsolate();
  const v8::ScriptOrigin origin(isolate, js_string(isolate, "convex:/" + path), 0, 0, false, -1, {}, false, false,
                                /*is_module=*/true);
  module_set::cache& cache = modules->compiled();
  const auto code = cache.find_code(path);
  auto* cached =
      code == nullptr ? nullptr : new v8::ScriptCompiler::CachedData(code->data(), static_cast<int>(code->size()));
  v8::ScriptCompiler::Source text(run_.box().source_text(modules, *source), origin, cached);  // owns `cached`
  const v8::TryCatch caught(isolate);
  v8::Local<v8::Module> module;
  const auto how = cached == nullptr ? v8::ScriptCompiler::kNoCompileOptions : v8::ScriptCompiler::kConsumeCodeCache;
  if (!v8::ScriptCompiler::CompileModule(isolate, &text, how).ToLocal(&module)) {
    if (!run_.has_ended()) run_.end(describe_syntax_error(context, caught, *modules));
    return {};
  }
  const bool refused = cached != nullptr && text.GetCachedData() != nullptr && text.GetCachedData()->rejected;
  if (refused) cache.forget_code(path);
  modules_.push_back({path, v8::Global<v8::Module>(isolate, module), cached != nullptr && !refused});
  if (!compile_imports(context, module, path)) return {};
  return module;
}

bool module_loader::compile_imports(v8::Local<v8::Context> context, v8::Local<v8::Module> module,
                                    const std::string& path) {
  v8::Isolate* isolate = context->GetIsolate();
  const v8::Local<v8::FixedArray> requests = module->GetModuleRequests();
  for (int i = 0; i < requests->Length(); ++i) {
    const auto request = requests->Get(context, i).As<v8::ModuleRequest>();
    const auto target = resolve_specifier(utf8_text(isolate, request->GetSpecifier()), path);
    if (target && find(*target) != nullptr) continue;
    if (target && !compile(context, *target).IsEmpty()) continue;
    if (!target) refuse(target.error().message);
    if (refusal_) {
      v8::Location at = module->SourceOffsetToLocation(request->GetSourceOffset());
      run_.replace_error(plain_error("convex:/" + path + ":" + std::to_string(at.GetLineNumber() + 1) + ":" +
                                     std::to_string(at.GetColumnNumber() + 1) + ": " + *refusal_));
      refusal_.reset();  // only the module that imports the missing one is named
    }
    return false;
  }
  return true;
}

v8::MaybeLocal<v8::Module> module_loader::resolve(v8::Local<v8::Context> context, v8::Local<v8::String> specifier,
                                                  v8::Local<v8::FixedArray>, v8::Local<v8::Module> referrer) {
  v8::Isolate* isolate = context->GetIsolate();
  const module_loader& loader = isolate_box::of(isolate).current->loader();
  for (const loaded& importer : loader.modules_) {
    if (importer.module != referrer) continue;
    const auto path = resolve_specifier(utf8_text(isolate, specifier), importer.path);
    if (path)
      if (const loaded* found = loader.find(*path)) return found->module.Get(isolate);
  }
  throw_error(isolate, "Module not found: " + utf8_text(isolate, specifier));
  return {};
}

bool module_loader::evaluate(v8::Local<v8::Context> context, v8::Local<v8::Module> module) {
  v8::Isolate* isolate = context->GetIsolate();
  v8::TryCatch caught(isolate);
  if (!module->InstantiateModule(context, resolve).FromMaybe(false)) {
    if (!run_.step_failed(caught)) run_.end(plain_error("Module could not be linked"));
    return false;
  }
  v8::Local<v8::Value> result;
  const bool returned = module->Evaluate(context).ToLocal(&result);
  if (run_.step_failed(caught)) return false;
  if (!returned || !result->IsPromise()) {
    run_.end(plain_error("Module could not be evaluated"));
    return false;
  }
  const auto promise = result.As<v8::Promise>();
  run_.handled(promise);
  if (promise->State() == v8::Promise::kPending) {
    run_.end(plain_error("Top-level awaits in source files are unsupported"));
    return false;
  }
  if (promise->State() == v8::Promise::kRejected) {
    run_.end_with_exception(promise->Result());
    return false;
  }
  return true;
}

v8::MaybeLocal<v8::Module> module_loader::load(v8::Local<v8::Context> context, const std::string& path) {
  if (const loaded* known = find(path)) return known->module.Get(context->GetIsolate());
  v8::Local<v8::Module> module;
  if (!compile(context, path).ToLocal(&module) || !evaluate(context, module)) return {};
  return module;
}

void module_loader::keep_code(v8::Isolate* isolate) {
  for (loaded& m : modules_) {
    if (m.has_code) continue;
    const v8::Local<v8::Module> module = m.module.Get(isolate);
    const std::unique_ptr<v8::ScriptCompiler::CachedData> data(
        v8::ScriptCompiler::CreateCodeCache(module->GetUnboundModuleScript()));
    if (data && data->length > 0)
      run_.shared_modules()->compiled().keep_code(m.path, {data->data, data->data + data->length});
    m.has_code = true;
  }
}

}  // namespace hull::backend::runtime
