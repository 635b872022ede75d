// What our own movements will do to the pens, told before the deployment knows of them.
.pragma library

function draw(store, args) {
    const pens = store.getQuery("board:pens")
    if (pens === undefined)
        return
    let pen = pens.find(one => one.drawer === args.drawer)
    if (pen === undefined) {
        pen = { _id: "predicted " + args.drawer, _creationTime: Date.now(), drawer: args.drawer, ink: [] }
        pens.push(pen)
    }
    pen.name = args.name
    pen.color = args.color
    pen.x = args.x
    pen.y = args.y
    pen.ink = pen.ink.concat(args.ink)
    if (!args.down && pen.ink.length > 0) {
        // The stroke is seen where it will be kept.
        const strokes = store.getQuery("board:strokes")
        if (strokes !== undefined)
            store.setQuery("board:strokes", {}, strokes.concat([{
                _id: "predicted " + args.drawer + strokes.length, _creationTime: Date.now(),
                drawer: args.drawer, color: args.color, ink: pen.ink
            }]))
        pen.ink = []
    }
    store.setQuery("board:pens", {}, pens)
}

function clear(store) {
    if (store.getQuery("board:strokes") !== undefined)
        store.setQuery("board:strokes", {}, [])
}
