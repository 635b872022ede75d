// Bodies of limits.hpp: V8 by itself.
#include "limits.hpp"

#include "report.hpp"

#include "runtime/platform.hpp"

#include <memory>

namespace hull::bench {
namespace {

using namespace backend::runtime;

/// Nanoseconds per call of the function that `source` evaluates to.
double call_cost(v8::Isolate* isolate, const char* source, v8::Local<v8::Value> argument) {
  const v8::HandleScope handles(isolate);
  const auto context = v8::Context::New(isolate);
  const v8::Context::Scope inside(context);
  const auto script = v8::Script::Compile(context, js_string(isolate, source)).ToLocalChecked();
  const auto function = script->Run(context).ToLocalChecked().As<v8::Function>();
  clock_type::duration best = clock_type::duration::max();
  constexpr int calls = 20'000;
  for (int round = 0; round < 15; ++round) {
    const auto began = clock_type::now();
    for (int i = 0; i < calls; ++i) {
      const v8::HandleScope call(isolate);
      if (function->Call(context, v8::Undefined(isolate), 1, &argument).IsEmpty()) give_up("the function threw");
      isolate->PerformMicrotaskCheckpoint();
    }
    best = std::min(best, clock_type::now() - began);
  }
  return milliseconds(best) * 1e6 / calls;
}

}  // namespace

void print_v8() {
  start_v8();
  const std::unique_ptr<v8::ArrayBuffer::Allocator> buffers(v8::ArrayBuffer::Allocator::NewDefaultAllocator());
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator = buffers.get();
  v8::Isolate* isolate = v8::Isolate::New(params);
  {
    const v8::Isolate::Scope inside(isolate);
    const v8::HandleScope handles(isolate);
    isolate->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
    const auto argument = js_string(isolate, R"([{"limit":10}])");
    const double bare = call_cost(isolate, "(async (text) => text)", argument);
    const double json =
        call_cost(isolate, "(async (text) => JSON.stringify({ limit: JSON.parse(text)[0].limit }))", argument);
    row("Limit: V8, a bare call of an async function; with JSON in and out",
        text("%.3f µs; %.2f µs", bare / 1000, json / 1000));
  }
  forget_foreground_tasks(isolate);
  isolate->Dispose();
}

}  // namespace hull::bench
