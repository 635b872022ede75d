// The web platform's globals that we supply.
#include "runtime_fixture.hpp"

namespace hull::backend::runtime::test {
namespace {

struct url_case {
  const char* input;
  const char* base;
  const char* href;  ///< Null: no URL.
};

const url_case urls[] = {
    {"HTTP://User:Pa ss@EXAMPLE.com:80/a/./b/../c?x=1 2#f g", "", "http://User:Pa%20ss@example.com/a/c?x=1%202#f%20g"},
    {"https://example.com", "", "https://example.com/"},
    {"https:\\\\example.com\\a\\b", "", "https://example.com/a/b"},
    {"https:example.com", "", "https://example.com/"},
    {"http://ex.com:8080/%7Efoo/%zz", "", "http://ex.com:8080/%7Efoo/%zz"},
    {"../x?q", "http://h/a/b/c", "http://h/a/x?q"},
    {"?q", "http://h/a/b#f", "http://h/a/b?q"},
    {"#f", "http://h/a?b", "http://h/a?b#f"},
    {"", "http://h/a?b#c", "http://h/a?b"},
    {"//other/p", "https://h/a", "https://other/p"},
    {"/abs", "https://h/a/b", "https://h/abs"},
    {"http://192.168.0.1.:80/", "", "http://192.168.0.1/"},
    {"http://0x7f.1/", "", "http://127.0.0.1/"},
    {"http://256.1.1.1/", "", nullptr},
    {"http://[1:0:0:0:0:0:0:8]/", "", "http://[1::8]/"},
    {"http://[::ffff:1.2.3.4]/", "", "http://[::ffff:102:304]/"},
    {"http://[1:2]/", "", nullptr},
    {"http://b\xC3\xBC"
     "cher.example/\xC3\xA9",
     "", "http://xn--bcher-kva.example/%C3%A9"},
    {"mailto:a@b.c?subject=x y", "", "mailto:a@b.c?subject=x%20y"},
    {"data:text/plain,hi there", "", "data:text/plain,hi there"},
    {"convex:/a/../b", "", "convex:/b"},
    {"file:///etc/x", "", "file:///etc/x"},
    {"  http://h/\\n ", "", "http://h//n"},
    {"no scheme", "", nullptr},
    {"http://", "", nullptr},
    {"http://a b/", "", nullptr},
    {"http://h:99999/", "", nullptr},
    {"http://@/", "", nullptr},
    {"x", "mailto:a@b", nullptr},
};

TEST(Web, UrlsAreParsed) {
  for (const url_case& c : urls) {
    std::string input;
    append_json_string(input, c.input);
    const std::string base = *c.base == '\0' ? "undefined" : "\"" + std::string(c.base) + "\"";
    const std::string got = evaluated("URL.parse(" + input + ", " + base + ")?.href ?? null");
    std::string expected = "null";
    if (c.href != nullptr) {
      expected.clear();
      append_json_string(expected, c.href);
    }
    EXPECT_EQ(got, expected) << c.input;
  }
}

const std::pair<const char*, const char*> expressions[] = {
    {"(() => { const u = new URL('http://h:81/p?a=1#z'); u.hash = ''; u.search = '?b=2'; u.pathname = 'x y'; u.port = "
     "'82'; u.hostname = 'k'; u.protocol = 'https'; return u.href })()",
     "\"https://k:82/x%20y?b=2\""},
    {"(() => { const u = new URL('http://h/'); u.searchParams.append('a b', 'c&d'); u.searchParams.append('e', "
     "'\\u00e9'); return [u.search, u.searchParams.get('a b'), u.origin, u.host] })()",
     R"(["?a+b=c%26d&e=%C3%A9","c&d","http://h","h"])"},
    {"[...new URLSearchParams('?a=1&b=2&a=3')].join(';')", "\"a,1;b,2;a,3\""},
    {"(() => { const p = new URLSearchParams({ z: 1, a: 2 }); p.set('z', 9); p.sort(); p.delete('q'); return "
     "[p.toString(), p.size, p.has('z'), p.getAll('a')] })()",
     R"(["a=2&z=9",2,true,["2"]])"},
    {"URL.canParse('http://h') && !URL.canParse('h')", "true"},
    {"(() => { try { new URL('nope') } catch (e) { return [e.name, e.message] } })()",
     R"(["TypeError","Invalid URL: 'nope'"])"},
    {"[...new TextEncoder().encode('\\u20ac\\ud800')]", "[226,130,172,239,191,189]"},
    {"new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 0xff]))", "\"a\xEF\xBF\xBD\""},
    {"(() => { const d = new TextDecoder(); return d.decode(new Uint8Array([0xe2, 0x82]), { stream: true }) + '|' + "
     "d.decode(new Uint8Array([0xac])) })()",
     "\"|\xE2\x82\xAC\""},
    {"(() => { try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xc0, 0x80])) } catch (e) { "
     "return e.name } })()",
     "\"TypeError\""},
    {"new TextDecoder('latin1').decode(new Uint8Array([0xe9, 0x80]))", "\"\xC3\xA9\xE2\x82\xAC\""},
    {"new TextDecoder('utf-16le').decode(new Uint8Array([0x61, 0, 0x3d, 0xd8, 0, 0xde]))", "\"a\xF0\x9F\x98\x80\""},
    {"new TextEncoder().encodeInto('a\\u20acb', new Uint8Array(4))", R"({"read":2,"written":4})"},
    {"[btoa('hello'), atob(' aGVs bG8 '), btoa('')]", R"(["aGVsbG8=","hello",""])"},
    {"(() => { try { atob('a') } catch (e) { return [e.name, e.code, e instanceof DOMException, e instanceof Error] } "
     "})()",
     R"(["InvalidCharacterError",5,true,true])"},
    {"(() => { const a = { m: new Map([[1, { d: new Date(5) }]]) }; a.self = a; const b = structuredClone(a); return "
     "[b.self === b, b.m.get(1).d.getTime(), b !== a] })()",
     "[true,5,true]"},
    {"(() => { try { structuredClone(() => 1) } catch (e) { return e.name } })()", "\"DataCloneError\""},
    {"(() => { const c = new AbortController(); let n = 0; c.signal.addEventListener('abort', () => ++n, { once: true "
     "}); c.abort(); c.abort(); return [n, c.signal.aborted, c.signal.reason.name] })()",
     R"([1,true,"AbortError"])"},
    {"(() => { const c = new AbortController(); const any = AbortSignal.any([c.signal, AbortSignal.abort('why')]); "
     "return any.reason })()",
     "\"why\""},
    {"(() => { const t = new EventTarget(); const got = []; const l = (e) => got.push(e.type); t.addEventListener('x', "
     "l); t.addEventListener('x', l); t.dispatchEvent(new Event('x')); t.removeEventListener('x', l); "
     "t.dispatchEvent(new Event('x')); return got })()",
     "[\"x\"]"},
    {"[[3, 1, 2].toSorted(), [1, 2].toReversed(), [1, 2].with(0, 5), [1, 2, 3].toSpliced(1, 1)]",
     "[[1,2,3],[2,1],[5,2],[1,3]]"},
    {"Object.groupBy([1, 2, 3], (n) => n % 2 ? 'odd' : 'even')", R"({"odd":[1,3],"even":[2]})"},
    {"Map.groupBy([1, 2, 3], (n) => n % 2).get(1)", "[1,3]"},
    {"Array.fromAsync([Promise.resolve(1), 2], (n) => n * 2)", "[2,4]"},
    {"(() => { const { promise, resolve } = Promise.withResolvers(); resolve(4); return promise })()", "4"},
    {"[...new Set([1, 2]).union(new Set([3]))]", "[1,2,3]"},
    {"Object.keys([].toSorted.call([1])).length + Object.keys(Array.prototype).length", "1"},
    {"new Intl.NumberFormat('de-DE').format(1234.5)", "\"1.234,5\""},
    {"WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then((r) => typeof r.instance)",
     "\"object\""},
};

TEST(Web, GlobalsDoWhatTheyShould) {
  for (const auto& [expression, expected] : expressions) EXPECT_EQ(evaluated(expression), expected) << expression;
}

TEST(Web, FetchAndTimersAreForActions) {
  const std::string tail =
      " in queries and mutations. Please consider using an action. See https://docs.convex.dev/functions/actions for "
      "more details.";
  for (const function_kind what : {function_kind::query, function_kind::mutation}) {
    EXPECT_EQ(evaluated("fetch('http://h')", what), "thrown: Uncaught Error: Can't use fetch()" + tail);
    EXPECT_EQ(evaluated("setTimeout(() => {}, 1)", what), "thrown: Uncaught Error: Can't use setTimeout" + tail);
    EXPECT_EQ(evaluated("setInterval(() => {}, 1)", what), "thrown: Uncaught Error: Can't use setInterval" + tail);
  }
}

}  // namespace
}  // namespace hull::backend::runtime::test
