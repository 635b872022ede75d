// What a heart will do to the page that has the entry, told before the deployment knows of it.
.pragma library

function like(store, args) {
    for (const query of store.getAllQueries("feed:page")) {
        const entry = query.value === undefined ? undefined : query.value.page.find(one => one._id === args.id)
        if (entry === undefined)
            continue
        entry.likes += 1
        store.setQuery("feed:page", query.args, query.value)
    }
}
