// The web platform and newer library functions where they are not compared with Node.js 20: because it does not have
// them, or is not as the standards say.
#include "runtime_fixture.hpp"

#include <span>

namespace hull::backend::runtime::test {
namespace {

struct standard_case {
  const char* expression;
  const char* expected;
};

/// Given to each expression: what a function throws by name, or its value.
constexpr const char* helper_t = "const t = (f) => { try { return f() } catch (e) { return e.name } };";

void check_expressions(std::span<const standard_case> cases) {
  std::string list;
  for (const standard_case& c : cases) list += std::string("() => (") + c.expression + "),\n";
  const auto modules = module_m(helper_t + ("const all = [" + list + "]; export const f = action((i) => all[i]());"));
  for (std::size_t i = 0; i < cases.size(); ++i)
    EXPECT_EQ(text_of(run({modules, "f", function_kind::action, "[" + std::to_string(i) + "]"})), cases[i].expected)
        << cases[i].expression;
}

constexpr standard_case event_cases[] = {
    // Listeners that capture come first; stopping keeps the others from the event.
    {R"js((() => { const t = new EventTarget(); const got = [];
      t.addEventListener("x", () => got.push("late"));
      t.addEventListener("x", (e) => { got.push("early"); e.stopPropagation() }, true);
      const e = new Event("x"); t.dispatchEvent(e); return [got, e.cancelBubble] })())js",
     R"([["early"],false])"},
    {R"js((() => { const t = new EventTarget(); const e = new Event("x"); let got;
      t.addEventListener("x", () => { try { t.dispatchEvent(e) } catch (error) { got = [error.name, error.code] } });
      t.dispatchEvent(e); return got })())js",
     R"(["InvalidStateError",11])"},
    {R"js((() => { const t = new EventTarget(); t.addEventListener("x", (e) => e.preventDefault(), { passive: true });
      return t.dispatchEvent(new Event("x", { cancelable: true })) })())js",
     "true"},
    {R"js([Event.AT_TARGET, new Event("x").AT_TARGET, Object.keys(new Event("x"))])js", "[2,2,[]]"},
    {R"js([t(() => AbortSignal.timeout(-1)), t(() => AbortSignal.timeout(Infinity))])js",
     R"(["TypeError","TypeError"])"},
    {R"js((() => { const c = new AbortController(); const any = AbortSignal.any([AbortSignal.any([c.signal])]); let seen;
      c.signal.onabort = () => seen = any.aborted; c.abort(1); return [seen, any.reason] })())js",
     "[true,1]"},
};
TEST(WebStandard, Events) { check_expressions(event_cases); }

constexpr standard_case text_cases[] = {
    {R"js(["koi8-u", "windows-1253", "windows-1255", "iso-8859-16", "windows-1252", "x-user-defined"].map((label) =>
      new TextDecoder(label).decode(new Uint8Array([0x80, 0xae, 0xaa, 0xca]))))js",
     "[\"\xE2\x94\x80\xD1\x9E\xE2\x95\x99\xD0\xB9\",\"\xE2\x82\xAC\xC2\xAE\xEF\xBF\xBD\xCE\x9A\","
     "\"\xE2\x82\xAC\xC2\xAE\xC3\x97\xD6\xBA\",\"\xC2\x80\xC5\xBA\xC8\x98\xC3\x8A\","
     "\"\xE2\x82\xAC\xC2\xAE\xC2\xAA\xC3\x8A\",\"\xEF\x9E\x80\xEF\x9E\xAE\xEF\x9E\xAA\xEF\x9F\x8A\"]"},
    {R"js(["gbk", "shift_jis", "euc-kr"].map((label) => t(() => new TextDecoder(label))))js",
     R"(["RangeError","RangeError","RangeError"])"},
    {R"js(new TextDecoder("utf-16le").decode(new Uint8Array([0x3d, 0xd8, 0])))js", "\"\xEF\xBF\xBD\""},
};
TEST(WebStandard, Texts) { check_expressions(text_cases); }

constexpr standard_case url_cases[] = {
    {R"js((() => { const u = new URL("convex://h/a"); u.host = "z:80x"; return u.href })())js", R"("convex://z:80/a")"},
    {R"js([new URL("convex:/a/../..").href, new URL("mailto:a ?b").href, String(new URLSearchParams(null))])js",
     R"(["convex:/","mailto:a%20?b","null="])"},
    {R"js([t(() => new URL("/a#b", "mailto:x")), new URL("#b", "mailto:x").href])js", R"(["TypeError","mailto:x#b"])"},
    {R"js((() => { const u = new URL("convex:/a?q"); u.pathname = "//y"; return u.href })())js", R"("convex:/.//y?q")"},
};
TEST(WebStandard, Urls) { check_expressions(url_cases); }

constexpr standard_case library_cases[] = {
    {R"js([t(() => new Set([1]).union([2])), t(() => new Set().union({ size: NaN, has() {}, keys() {} })),
      t(() => new Set().union({ size: 1, has: 5, keys() {} })), t(() => new Set().union({ size: -1, has() {}, keys() {} }))])js",
     R"(["TypeError","TypeError","TypeError","RangeError"])"},
    {R"js([[...new Set([1, 2, 3]).intersection(new Set([3, 2]))], [...new Set([3, 1]).intersection(new Set([1, 2, 3]))],
      [...new Set([1]).union(new Map([[2, 3]]))], [...new Set([1, 2]).symmetricDifference(new Set([2, 3]))],
      [...new Set([1, 2]).difference(new Set([2, 3, 4]))]])js",
     "[[3,2],[3,1],[1,2],[1,3],[1]]"},
    {R"js([new Set([1, 2]).isSubsetOf({ size: 1, has: () => true, keys() {} }), new Set([1]).isSubsetOf(new Set([1, 2])),
      new Set([1, 2]).isSupersetOf(new Set([1])), new Set([1]).isDisjointFrom(new Set([2]))])js",
     "[false,true,true,true]"},
    {R"js((() => { const log = []; const from = { next() { log.push("next") }, return() { log.push("return"); return {} } };
      const helper = Iterator.prototype.map.call(from, (x) => x); helper.return(); return [helper.next().done, log] })())js",
     R"([true,["return"]])"},
    {R"js([[...Iterator.concat([1], new Set([2]), [3].values())], t(() => Iterator.concat("ab")),
      [...[1, 2, 3].values().map((x) => x * 2).drop(1).take(1)], Iterator.from("ab").toArray(),
      [1, 2].values().flatMap((x) => [x, x]).reduce((a, b) => a + b)])js",
     R"([[1,2,3],"TypeError",[4],["a","b"],6])"},
    {R"js((() => { let closed = 0; const i = { __proto__: Iterator.prototype, return() { ++closed; return {} } };
      i[Symbol.dispose](); return closed })())js",
     "1"},
    {R"js([[1e308, 1e308, -1e308], [1e308, 1e308], [Number.MAX_VALUE, 2 ** 969], [5e-324, 1e308, 1e308, -1e308, -1e308],
      [0.1, 0.2, 0.3], [1e16, 1, 1e-16]].map((list) => String(Math.sumPrecise(list))))js",
     R"(["1e+308","Infinity","1.7976931348623157e+308","5e-324","0.6","10000000000000002"])"},
    {R"js([Object.create(Error.prototype), new RangeError(), new DOMException(), {}, 5].map((e) => Error.isError(e)))js",
     "[false,true,true,false,false]"},
    {R"js((() => { const b = new ArrayBuffer(4); const c = b.transfer(2);
      return [b.detached, c.detached, c.byteLength, t(() => b.transfer()), t(() => ArrayBuffer.prototype.transfer.call({}))] })())js",
     R"([true,false,2,"TypeError","TypeError"])"},
    {R"js([[].toSorted, [].toReversed, [].toSpliced, [].with, "".isWellFormed, "".toWellFormed].map((f) => t(() => f.call(null))))js",
     R"(["TypeError","TypeError","TypeError","TypeError","TypeError","TypeError"])"},
    {R"js([t(() => Object.groupBy([], 5)), t(() => Map.groupBy([], null)), t(() => Object.groupBy(null, (x) => x))])js",
     R"(["TypeError","TypeError","TypeError"])"},
    {R"js([[].toSpliced, Array.fromAsync, ArrayBuffer.prototype.transfer, Uint8Array.fromBase64,
      Uint8Array.prototype.toBase64, Uint8Array.prototype.setFromBase64].map((f) => f.length))js",
     "[2,1,0,1,0,1]"},
    {R"js((() => { const m = new Map([[1, 2]]);
      return [m.getOrInsert(1, 5), m.getOrInsert(2, 6), m.getOrInsertComputed(3, (k) => k * 2), [...m],
        t(() => m.getOrInsertComputed(1, 5)), t(() => new WeakMap().getOrInsert(1, 2)),
        new WeakMap().getOrInsertComputed({}, () => 4)] })())js",
     R"([2,6,6,[[1,2],[2,6],[3,6]],"TypeError","TypeError",4])"},
    {R"js(Array.fromAsync({ length: 2, 0: 5, 1: Promise.resolve(6) }, (x) => x + 1))js", "[6,7]"},
};
TEST(WebStandard, NewerLibraryFunctions) { check_expressions(library_cases); }

constexpr standard_case error_cases[] = {
    {R"js((() => { const e = new DOMException("text", "AbortError");
      return [DOMException.ABORT_ERR, e.ABORT_ERR, e.code, Object.prototype.toString.call(e)] })())js",
     R"([20,20,20,"[object DOMException]"])"},
    {R"js((() => { const mine = new RangeError("mine"); const bad = { get x() { throw mine } };
      try { structuredClone(bad) } catch (e) { return e === mine } })())js",
     "true"},
    {R"js([new SharedArrayBuffer(1), () => 1, Symbol("s"), globalThis].map((x) => t(() => structuredClone(x))))js",
     R"(["DataCloneError","DataCloneError","DataCloneError","DataCloneError"])"},
    {R"js(crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]).then((pair) =>
      crypto.subtle.exportKey("jwk", pair.publicKey)).then((jwk) => crypto.subtle.importKey("jwk",
      { ...jwk, alg: "EdDSA" }, "Ed25519", true, ["verify"]).then((key) => [jwk.alg, key.type])))js",
     R"(["Ed25519","public"])"},
    {R"js(new Promise((resolve) => { const id = setTimeout(() => resolve("late"), 1); clearTimeout(String(id));
      setTimeout(() => resolve("cleared"), 20) }))js",
     R"("cleared")"},
};
TEST(WebStandard, ErrorsKeysAndTimers) { check_expressions(error_cases); }

/// Programs may replace what built-in prototypes have: the platform does not ask there.
constexpr standard_case replaced_cases[] = {
    {R"js((() => { RegExp.prototype.exec = () => null; Map.prototype.get = () => 1;
      const u = new URL("HTTP://u@Ex.com:80/a b/%zz?q=\u00e9#f"); u.port = "81"; u.search = "?a=1&b=%41+";
      return [u.href, u.searchParams.get("b"), new URL("../x", u).href, t(() => new URL("nope"))] })())js",
     R"(["http://u@ex.com:81/a%20b/%zz?a=1&b=%41+#f","A ","http://u@ex.com:81/x","TypeError"])"},
    {R"js((() => { RegExp.prototype.exec = () => null; delete Array.prototype[Symbol.iterator];
      const h = new Headers({ "X-A": " 1 " }); h.append("x-a", "2");
      return [h.get("X-a"), t(() => h.get("a b")), new URL("http://[::1]:8080/x").host, new TextDecoder(" LATIN1 ").encoding] })())js",
     R"(["1, 2","TypeError","[::1]:8080","windows-1252"])"},
    {R"js((() => { RegExp.prototype.exec = () => null; Map.prototype.get = () => 1;
      const blob = new Blob(["a\ud800", new Blob(["b"])], { type: "Text/X" });
      return blob.slice(0).text().then((text) => [text, blob.type, blob.size]) })())js",
     "[\"a\xEF\xBF\xBD"
     "b\",\"text/x\",5]"},
};
TEST(WebStandard, ReplacedPrototypesDoNoHarm) { check_expressions(replaced_cases); }

TEST(WebStandard, AnErrorOfAListenerEndsTheFunctionAfterTheOthersRan) {
  const std::string body = R"js(export const f = action(() => { const t = new EventTarget();
    t.addEventListener("x", () => { throw new RangeError("of a listener") });
    t.addEventListener("x", () => console.log("others"));
    console.log(t.dispatchEvent(new Event("x"))); });)js";
  scripted_host host;
  EXPECT_EQ(text_of(run({module_m(body), "f", function_kind::action}, host)),
            "thrown: Uncaught RangeError: of a listener");
  EXPECT_EQ(host.lines.size(), 2U);
}

TEST(WebStandard, TextsAreNoTimers) {
  for (const char* name : {"setTimeout", "setInterval"})
    EXPECT_EQ(
        evaluated(std::string("(() => { try { ") + name + "('1', 1) } catch { return 1 } })()", function_kind::action),
        std::string("thrown: Not implemented: code string argument for ") + name +
            ". Consider calling an action defined in Node.js instead (https://docs.convex.dev/functions/actions).");
}

}  // namespace
}  // namespace hull::backend::runtime::test
