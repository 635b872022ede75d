// Newer library functions that V8 10.2 lacks, AsyncLocalStorage, performance, and what is refused.
#include "runtime_fixture.hpp"

namespace hull::backend::runtime::test {
namespace {

struct expression_case {
  const char* expression;
  const char* expected;
};

void check(std::initializer_list<expression_case> cases, function_kind what = function_kind::query) {
  for (const expression_case& c : cases) EXPECT_EQ(evaluated(c.expression, what), c.expected) << c.expression;
}

TEST(Platform, Iterators) {
  check({
      {"[1, 2, 3].values().map((x, i) => x * 10 + i).toArray()", "[10,21,32]"},
      {"new Set([1, 2, 3, 4]).values().filter((x) => x % 2 === 0).toArray()", "[2,4]"},
      {"[...[1, 2, 3].values().take(2)]", "[1,2]"},
      {"[...[1, 2, 3].values().drop(1)]", "[2,3]"},
      {"[...[1, 2].values().flatMap((x) => [x, x])]", "[1,1,2,2]"},
      {"[1, 2, 3].values().reduce((a, b) => a + b)", "6"},
      {"[1, 2, 3].values().reduce((a, b) => a + b, '')", "\"123\""},
      {"[[1, 2].values().some((x) => x > 1), [1, 2].values().every((x) => x > 1), [1, 2].values().find((x) => x > 1)]",
       "[true,false,2]"},
      {"(() => { const seen = []; [5, 6].values().forEach((x, i) => seen.push(x, i)); return seen })()", "[5,0,6,1]"},
      {"Iterator.from({ next: () => ({ done: true }) }).toArray()", "[]"},
      {"Iterator.from({ [Symbol.iterator]: () => [7].values() }).toArray()", "[7]"},
      {"(() => { let n = 0; const it = { next: () => ({ value: ++n, done: false }), return: () => { n = -1; return {} "
       "}, "
       "__proto__: Iterator.prototype }; const got = it.take(2).toArray(); return [got, n] })()",
       "[[1,2],-1]"},
      {"(() => { let closed = 0; const it = { next: () => ({ value: 1, done: false }), return: () => { ++closed; "
       "return "
       "{} }, __proto__: Iterator.prototype }; const h = it.map((x) => x); h.next(); h.return(); h.return(); return "
       "[closed, h.next()] })()",
       R"([1,{"done":true}])"},
      {"[1].values() instanceof Iterator", "true"},
      {"(() => { try { new Iterator() } catch (e) { return e.name } })()", "\"TypeError\""},
      {"(() => { try { [].values().take(-1) } catch (e) { return e.name } })()", "\"RangeError\""},
      {"(() => { try { [].values().reduce(() => 1) } catch (e) { return e.name } })()", "\"TypeError\""},
      {"(() => { class It extends Iterator { next() { return { done: true } } } return new It().map((x) => "
       "x).toArray() "
       "})()",
       "[]"},
  });
}

TEST(Platform, BytesAndNumbers) {
  check({
      {"new Uint8Array([0, 255, 16]).toHex()", "\"00ff10\""},
      {"[...Uint8Array.fromHex('00fF10')]", "[0,255,16]"},
      {"(() => { try { Uint8Array.fromHex('0') } catch (e) { return e.name } })()", "\"SyntaxError\""},
      {"[new Uint8Array([251, 255]).toBase64(), new Uint8Array([251, 255]).toBase64({ alphabet: 'base64url', "
       "omitPadding: true })]",
       R"(["+/8=","-_8"])"},
      {"[[...Uint8Array.fromBase64(' +/8= ')], [...Uint8Array.fromBase64('-_8', { alphabet: 'base64url' })]]",
       "[[251,255],[251,255]]"},
      {"(() => { try { Uint8Array.fromBase64('-_8') } catch (e) { return e.name } })()", "\"SyntaxError\""},
      {"(() => { try { Uint8Array.fromBase64('+/8', { lastChunkHandling: 'strict' }) } catch (e) { return e.name } "
       "})()",
       "\"SyntaxError\""},
      {"[...Uint8Array.fromBase64('AAECAw', { lastChunkHandling: 'stop-before-partial' })]", "[0,1,2]"},
      {"(() => { const a = new Uint8Array(4); const r = a.setFromHex('0102'); return [[...a], r] })()",
       R"([[1,2,0,0],{"read":4,"written":2}])"},
      {"(() => { const a = new Uint8Array([1, 2, 3]).buffer; const b = a.transfer(2); return [a.byteLength, [...new "
       "Uint8Array(b)]] })()",
       "[0,[1,2]]"},
      {"new Uint8Array([1]).buffer.transfer(3).byteLength", "3"},
      {"[btoa('\\xff\\0x'), atob('/wB4').charCodeAt(0), atob('YQ').length, atob(' YQ= = ').length]",
       R"(["/wB4",255,1,1])"},
      {"[() => atob('Y'), () => atob('YQ='), () => atob('Y-Q='), () => btoa('\\u0100'), () => atob('\\u0100')].map((f) "
       "=> "
       "{ try { return f() } catch (e) { return e.name } })",
       R"(["InvalidCharacterError","InvalidCharacterError","InvalidCharacterError","InvalidCharacterError","InvalidCharacterError"])"},
      // As large as pictures are.
      {"(() => { const t = 'hull'.repeat(1 << 16); return atob(btoa(t)) === t })()", "true"},
      {"(() => { const b = new TextEncoder().encode('hull'.repeat(1 << 16)); return "
       "Uint8Array.fromBase64(b.toBase64()).length })()",
       "262144"},
      {"(() => { const b = new TextEncoder().encode('hull'.repeat(1 << 16)); return "
       "Uint8Array.fromHex(b.toHex()).length "
       "})()",
       "262144"},
      {"(() => { try { new Array(2 ** 32 - 1).fill(1) } catch (e) { return [e.name, [1, 2].fill(7, 1), [].fill.length] "
       "} "
       "})()",
       R"(["RangeError",[1,7],1])"},
      {"[Error.isError(new TypeError()), Error.isError({}), Error.isError(1), Error.isError(new DOMException('x'))]",
       "[true,false,false,true]"},
      {"[RegExp.escape('a.b'), RegExp.escape('1-2'), RegExp.escape('\\n ')]",
       R"(["\\x61\\.b","\\x31\\x2d2","\\n\\x20"])"},
      {"new RegExp('^' + RegExp.escape('a.b*[c] d') + '$').test('a.b*[c] d')", "true"},
      {"[Math.sumPrecise([1e308, 1, -1e308]), Math.sumPrecise([0.1, 0.2, 0.3]), Object.is(Math.sumPrecise([]), -0), "
       "Math.sumPrecise([1, Infinity])]",
       "[1,0.6,true,null]"},
      {"typeof Symbol.dispose + typeof Symbol.asyncDispose", "\"symbolsymbol\""},
  });
}

TEST(Platform, Disposal) {
  check({
      {"(() => { const log = []; const s = new DisposableStack(); s.defer(() => log.push('a')); s.adopt('b', (v) => "
       "log.push(v)); s.use({ [Symbol.dispose]() { log.push('c') } }); s.dispose(); s.dispose(); return [log, "
       "s.disposed] "
       "})()",
       R"([["c","b","a"],true])"},
      {"(() => { const s = new DisposableStack(); s.defer(() => { throw 1 }); s.defer(() => { throw 2 }); try { "
       "s.dispose() } catch (e) { return [e.name, e.error, e.suppressed] } })()",
       R"(["SuppressedError",1,2])"},
      {"(() => { const s = new DisposableStack(); let n = 0; s.defer(() => ++n); const t = s.move(); s.dispose(); "
       "const "
       "before = n; t.dispose(); return [before, n] })()",
       "[0,1]"},
      {"(async () => { const log = []; const s = new AsyncDisposableStack(); s.use({ async [Symbol.asyncDispose]() { "
       "log.push(1) } }); s.use({ [Symbol.dispose]() { log.push(2) } }); await s.disposeAsync(); return log })()",
       "[2,1]"},
  });
}

TEST(Platform, AsyncLocalStorageFollowsTheCode) {
  const std::initializer_list<expression_case> cases = {
      {"(async () => { const s = new AsyncLocalStorage(); const seen = []; await Promise.all([1, 2].map((n) => "
       "s.run(n, "
       "async () => { await null; seen.push(s.getStore()); await new Promise((r) => Promise.resolve().then(r)); "
       "seen.push(s.getStore()) }))); return [seen.sort(), s.getStore() ?? null] })()",
       "[[1,1,2,2],null]"},
      {"(() => { const a = new AsyncLocalStorage(); const b = new AsyncLocalStorage(); return a.run(1, () => b.run(2, "
       "() => "
       "[a.getStore(), b.getStore(), a.exit(() => a.getStore() ?? null), a.run(3, () => a.getStore()), a.getStore()])) "
       "})()",
       "[1,2,null,3,1]"},
      {"(() => { const s = new AsyncLocalStorage(); const f = s.run(1, () => AsyncLocalStorage.bind(() => "
       "s.getStore())); "
       "const g = s.run(2, () => AsyncLocalStorage.snapshot()); return [f(), g(() => s.getStore()), s.getStore() ?? "
       "null] "
       "})()",
       "[1,2,null]"},
      {"(() => { const s = new AsyncLocalStorage(); s.enterWith(5); const before = s.getStore(); s.disable(); return "
       "[before, s.getStore() ?? null] })()",
       "[5,null]"},
      {"(() => { const s = new AsyncLocalStorage(); const r = s.run('x', () => new AsyncResource('T')); return "
       "[r.runInAsyncScope((a) => s.getStore() + a, null, 'y'), r.bind(() => s.getStore())()] })()",
       R"(["xy","x"])"},
      {"(() => { const s = new AsyncLocalStorage(); try { s.run(1, () => { throw new Error('x') }) } catch (e) { "
       "return "
       "s.getStore() ?? null } })()",
       "null"},
      {"(async () => { const s = new AsyncLocalStorage(); async function* g() { yield s.getStore(); await null; yield "
       "s.getStore() } return s.run(7, async () => { const out = []; for await (const x of g()) out.push(x); return "
       "out "
       "}) })()",
       "[7,7]"},
  };
  check(cases);
  check(cases, function_kind::action);
  check({{"(async () => { const s = new AsyncLocalStorage(); return s.run(3, () => new Promise((done) => setTimeout(() "
          "=> "
          "done(s.getStore()), 1))) })()",
          "3"}},
        function_kind::action);
}

TEST(Platform, NoRunSeesTheStorageOfAnother) {
  const auto modules = module_m(
      "const s = new AsyncLocalStorage(); export const f = query(() => { const old = s.getStore() ?? null; "
      "s.enterWith(1); "
      "return old; });");
  for (int i = 0; i < 6; ++i) EXPECT_EQ(text_of(run({modules})), "null");
}

TEST(Platform, Performance) {
  check({
      {"[typeof performance.now(), performance.timeOrigin, performance.toJSON().timeOrigin]",
       "[\"number\",1600000000000,1600000000000]"},
      {"(() => { performance.mark('a', { startTime: 5, detail: { x: 1 } }); const m = performance.measure('m', { "
       "start: 'a', "
       "duration: 3 }); return [m.startTime, m.duration, m.entryType, performance.getEntriesByName('a')[0].detail.x, "
       "performance.getEntries().length] })()",
       "[5,3,\"measure\",1,2]"},
      {"(() => { try { performance.measure('m', 'none') } catch (e) { return e.name } })()", "\"SyntaxError\""},
      {"performance instanceof Performance && performance instanceof EventTarget", "true"},
  });
}

TEST(Platform, WhatIsNotImplementedEndsTheFunction) {
  const std::string tail =
      ". Consider calling an action defined in Node.js instead (https://docs.convex.dev/functions/actions).";
  const std::pair<const char*, const char*> cases[] = {
      {"new Request('http://h').redirect", "get redirect for Request"},
      {"new Request('http://h').credentials", "get credentials for Request"},
      {"performance.timing", "get timing for Performance"},
      {"crypto.subtle.wrapKey()", "wrapKey for SubtleCrypto"},
      {"new Crypto()", "constructor for Crypto"},
      {"new Response({})", "this type of body for Response"},
  };
  for (const auto& [expression, what] : cases)
    EXPECT_EQ(evaluated("(() => { try { return " + std::string(expression) + " } catch { return 'caught' } })()"),
              "thrown: Not implemented: " + std::string(what) + tail);
  EXPECT_EQ(
      evaluated("(() => { try { structuredClone(1, { transfer: [new ArrayBuffer(1)] }) } catch { return 1 } })()"),
      "thrown: structuredClone with transfer not supported");
}

TEST(Platform, CodeFromTextIsRefused) {
  for (const char* expression :
       {"eval('1')", "new Function('return 1')()", "(0, eval)('1')", "(async () => {}).constructor('1')"})
    EXPECT_EQ(evaluated("(() => { try { return " + std::string(expression) +
                        " } catch (e) { return [e.name, e.message] } })()"),
              R"(["EvalError","Code generation from strings disallowed for this context"])")
        << expression;
}

TEST(Platform, CryptographicRandomnessIsForActions) {
  const std::string text =
      "thrown: Uncaught Error: Can't use cryptographic randomness in queries and mutations. Please consider using an "
      "action. See https://docs.convex.dev/functions/actions for more details.";
  const char* generate =
      "crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign']).then((k) => k.type)";
  EXPECT_EQ(evaluated(generate), text);
  EXPECT_EQ(evaluated(generate, function_kind::mutation), text);
  EXPECT_EQ(evaluated(generate, function_kind::action), "\"secret\"");
  EXPECT_EQ(evaluated("crypto.subtle.digest('SHA-256', new Uint8Array(0)).then((b) => new Uint8Array(b).toHex())"),
            "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"");
  const auto modules = module_m(
      "let why; crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign']).catch((e) => { why = "
      "e.message }); export const f = action(() => why);");
  EXPECT_EQ(text_of(run({modules, "f", function_kind::action})),
            "\"Cannot use cryptographic randomness at import time\"");
}

TEST(Platform, DerivationsAreLimited) {
  const auto derived = [](const std::string& how, const char* bits) {
    return evaluated(R"js((async () => {
      const key = await crypto.subtle.importKey("raw", new Uint8Array(1), "PBKDF2", false, ["deriveBits"]);
      const how = { name: "PBKDF2", hash: "SHA-1", salt: new Uint8Array(1), ...)js" +
                     how + R"js(};
      return crypto.subtle.deriveBits(how, key, )js" +
                     bits + ").then((b) => b.byteLength, (e) => e.name + ': ' + e.message); })()");
  };
  EXPECT_EQ(derived("{ iterations: 1 }", "8 * 1048576"), "1048576");
  EXPECT_EQ(derived("{ iterations: 1 }", "8 * 1048577"), R"("OperationError: The length is too large")");
  EXPECT_EQ(derived("{ iterations: 1 }", "2 ** 53"), R"("OperationError: The length is too large")");
  EXPECT_EQ(derived("{ iterations: 10000001 }", "8"), R"("OperationError: iterations must be from 1 to 10000000")");
  EXPECT_EQ(derived("{ iterations: 1e12 }", "8"), R"("OperationError: iterations must be from 1 to 10000000")");
}

TEST(Platform, GlobalsAreThereAndOthersAreNot) {
  EXPECT_EQ(evaluated(R"js(["self", "process", "console", "Convex", "URL", "URLSearchParams", "crypto", "Crypto",
      "SubtleCrypto", "CryptoKey", "DOMException", "Event", "EventTarget", "structuredClone", "setTimeout", "setInterval",
      "clearTimeout", "clearInterval", "AbortController", "AbortSignal", "AsyncLocalStorage", "AsyncResource",
      "ReadableStream", "ReadableStreamBYOBReader", "ReadableStreamDefaultReader", "TransformStream", "WritableStream",
      "WritableStreamDefaultWriter", "TextEncoder", "TextDecoder", "TextEncoderStream", "TextDecoderStream", "atob", "btoa",
      "Blob", "File", "Headers", "FormData", "Request", "Response", "fetch", "Performance", "PerformanceEntry",
      "PerformanceMark", "PerformanceMeasure", "performance", "WebAssembly", "Intl"].filter((n) =>
      !(n in globalThis) || globalThis[n] === undefined))js"),
            "[]");
  EXPECT_EQ(evaluated(R"js(["window", "document", "navigator", "location", "Buffer", "require", "module", "global",
      "setImmediate", "MessageChannel", "WebSocket", "XMLHttpRequest", "FileReader", "Worker", "host", "hull"].filter((n) =>
      n in globalThis))js"),
            "[]");
  // A global that is made when first read looks like any other.
  EXPECT_EQ(evaluated(R"js((() => { const d = Object.getOwnPropertyDescriptor(globalThis, "Response");
      globalThis.Headers = 1; delete globalThis.Blob;
      return [typeof d.value, d.writable, d.configurable, d.enumerable, d.get === undefined, Headers, typeof Blob] })())js"),
            R"(["function",true,true,true,true,1,"undefined"])");
  // Attributes are the hosted service's: writable, enumerable, configurable.
  EXPECT_EQ(
      evaluated(R"js(["performance", "URL", "Headers", "DOMException", "setTimeout", "console", "AsyncLocalStorage",
      "SubtleCrypto", "Performance", "Crypto"].map((n) => { const d = Object.getOwnPropertyDescriptor(globalThis, n);
      return [d.writable, d.enumerable, d.configurable].map(Number).join("") }).join())js"),
      R"("111,111,111,111,111,101,101,001,001,001")");
}

}  // namespace
}  // namespace hull::backend::runtime::test
