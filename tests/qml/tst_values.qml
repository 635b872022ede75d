import QtQuick
import QtTest
import Hull
import HullTest

TestCase {
    id: test

    name: "Values"

    property list<real> numbers: [1, 2.5]

    MockDeployment {
        id: deployment
    }

    HullClient {
        id: client
    }

    function initTestCase() {
        deployment.action("values:echo", args => args.value)
        client.url = deployment.url
    }

    // Through the protocol and back.
    function echo(value) {
        let outcome
        client.action("values:echo", {value: value}).then(got => outcome = {value: got}, error => outcome = {error: error})
        tryVerify(() => outcome !== undefined)
        if (outcome.error)
            throw new Error(outcome.error.message)
        return outcome.value
    }

    function refusal(value) {
        try {
            echo(value)
        } catch (error) {
            return error.message
        }
        return ""
    }

    function bytes(buffer) {
        return [...new Uint8Array(buffer)]
    }

    function test_numbers() {
        verify(Number.isNaN(echo(NaN)))
        verify(Object.is(echo(-0), -0))
        verify(Object.is(echo(0), 0))
        compare(echo(-Infinity), -Infinity)
        compare(echo(9007199254740991), 9007199254740991)
        compare(echo(5e-324), 5e-324)
        compare(echo(0.1 + 0.2), 0.1 + 0.2)
    }

    function test_int64() {
        for (const text of ["9223372036854775807", "-9223372036854775808", "9007199254740993", "0", "-1"]) {
            const back = echo(Hull.int64(text))
            compare(back.toString(), text)
            compare("" + back, text)
        }
        compare(echo(Hull.int64(5)).toNumber(), 5)
        compare(Hull.int64(Hull.int64("7")).toString(), "7")
        compare(typeof echo(5), "number", "a number stays a number")
        compare(typeof echo(Hull.int64(5)), "object", "an Int64 stays an Int64")
        compare(echo({list: [Hull.int64("1")]}).list[0].toString(), "1")
    }

    function test_noInt64_data() {
        return [{tag: "9223372036854775808", number: "9223372036854775808"}, {tag: "text", number: "one"},
                {tag: "fraction", number: 1.5}, {tag: "large number", number: 2 ** 60}, {tag: "NaN", number: NaN},
                {tag: "nothing", number: undefined}]
    }
    function test_noInt64(data) {
        let thrown = null
        try {
            Hull.int64(data.number)
        } catch (error) {
            thrown = error
        }
        verify(thrown instanceof RangeError)
        verify(thrown.message.includes("no whole number of 64 bits"))
    }

    function test_bytes() {
        const buffer = new Uint8Array([0, 1, 128, 255]).buffer
        const back = echo(buffer)
        verify(back instanceof ArrayBuffer)
        compare(bytes(back), [0, 1, 128, 255])
        compare(bytes(echo(new Uint8Array(buffer))), [0, 1, 128, 255])
        compare(bytes(echo(new Uint8Array(buffer, 1, 2))), [1, 128], "the window, not all of the buffer")
        compare(bytes(echo(new DataView(buffer, 3, 1))), [255])
        compare(bytes(echo(new Int8Array([-1]))), [255])
        compare(echo(new ArrayBuffer(0)).byteLength, 0)
        compare(bytes(echo({nested: [buffer]}).nested[0]), [0, 1, 128, 255])
    }

    function test_objectsAndLists() {
        compare(echo({a: 1, gone: undefined, b: {c: undefined}}), {a: 1, b: {}})
        verify(!echo({gone: undefined}).hasOwnProperty("gone"))
        compare(echo([null, true, "", [], {}]), [null, true, "", [], {}])
        compare(echo(test.numbers), [1, 2.5])
        compare(echo("ümlaut 😀\u0000end"), "ümlaut 😀\u0000end")
        compare(echo({buffer: 1, byteOffset: 2, byteLength: 3}), {buffer: 1, byteOffset: 2, byteLength: 3})
    }

    function test_noValues_data() {
        class Point {}
        return [
            {tag: "Date", value: new Date(), why: "value.x: a Date is no Convex value; store getTime()"},
            {tag: "function", value: () => 1, why: "value.x: a function is no Convex value"},
            {tag: "object", value: test, why: "value.x: an object of a class is no Convex value"},
            {tag: "hole", value: [1, undefined], why: "value.x[1]: undefined is no Convex value"},
            {tag: "Map", value: new Map(), why: "value.x: a Map is no Convex value"},
            {tag: "Error", value: new Error("e"), why: "value.x: an Error is no Convex value"},
            {tag: "class", value: {deep: [new Point()]}, why: "value.x.deep[0]: a Point is no Convex value"},
            {tag: "Symbol", value: Symbol("s"), why: "value.x: a Symbol is no Convex value"},
            {tag: "Float64Array", value: new Float64Array(1), why: "value.x: a Float64Array is no Convex value; pass its"},
            {tag: "surrogate", value: "\ud800", why: "value.x: text with half of a surrogate pair"},
            {tag: "rect", value: Qt.rect(0, 0, 1, 1), why: "value.x: QRectF is no Convex value"},
            {tag: "name", value: {"$x": 1}, why: "$x"}
        ]
    }
    function test_noValues(data) {
        const why = refusal({x: data.value})
        verify(why.startsWith("arguments of values:echo: " + data.why) || (data.tag === "name" && why.includes("$x")), why)
    }

    function test_cycle() {
        const loop = {}
        loop.self = loop
        verify(refusal(loop).includes("or a cycle"))
    }
}
