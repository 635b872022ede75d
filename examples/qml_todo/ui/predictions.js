// What each mutation will do to the queries on display, told before the deployment has done it.
.pragma library

function matches(task, filter) {
    return filter === "all" || task.done === (filter === "done")
}

// Changes every list that is loaded, whatever its filter, and puts it in order again.
function changeLists(store, change) {
    for (const list of store.getAllQueries("tasks:list")) {
        if (list.value === undefined)
            continue
        const rows = change(list.value).filter(task => matches(task, list.args.filter))
        rows.sort((a, b) => a.rank - b.rank)
        store.setQuery("tasks:list", list.args, rows)
    }
}

function count(store, open, done) {
    const summary = store.getQuery("tasks:summary")
    if (summary !== undefined)
        store.setQuery("tasks:summary", {}, { open: summary.open + open, done: summary.done + done })
}

function add(store, args) {
    changeLists(store, rows => {
        const rank = rows.reduce((last, task) => Math.max(last, task.rank), 0) + 1
        return rows.concat([{ _id: "predicted " + rank, _creationTime: Date.now(), text: args.text, done: false, rank }])
    })
    count(store, 1, 0)
}

function setDone(store, args) {
    let isChange = false
    changeLists(store, rows => rows.map(task => {
        if (task._id !== args.id)
            return task
        isChange = isChange || task.done !== args.done
        task.done = args.done
        return task
    }))
    if (isChange)
        count(store, args.done ? -1 : 1, args.done ? 1 : -1)
}

function move(store, args) {
    changeLists(store, rows => rows.map(task => {
        if (task._id === args.id)
            task.rank = args.rank
        return task
    }))
}

function remove(store, args) {
    let gone = undefined
    changeLists(store, rows => rows.filter(task => {
        if (task._id === args.id)
            gone = task
        return task._id !== args.id
    }))
    if (gone !== undefined)
        count(store, gone.done ? 0 : -1, gone.done ? -1 : 0)
}
