// Is there an order of all transactions, one after the other, in which each would have read what it read?
//
// Lists that only grow, of items that are never used twice, tell the order of the writers of each list. From it follow the
// dependencies: whoever appends after another comes after it; whoever reads an item comes after its writer; whoever does
// not see an item comes before its writer. A cycle among them, and there is no such order.

// transactions: { id, steps: [["read", key] | ["append", key, item]], reads: [items, ...] | null, done: bool }
//   done: the deployment said that it has happened. Otherwise it may have happened or not.
// final: key -> items at the end.
// Returns texts about what is wrong; none when all is well.
export function check(transactions, final) {
  const wrong = [];
  const writer = new Map();
  for (const t of transactions)
    for (const [kind, key, item] of t.steps)
      if (kind === "append") writer.set(item, { t, key });

  // Each item once, in its own list.
  const place = new Map();
  for (const [key, items] of final)
    items.forEach((item, i) => {
      if (place.has(item)) wrong.push(`${item} is in a list twice`);
      if (writer.get(item)?.key !== key) wrong.push(`${item} is in list ${key}, where nobody appended it`);
      place.set(item, i);
    });

  // All of a transaction or nothing; all when it was confirmed.
  for (const t of transactions) {
    const items = t.steps.filter(([kind]) => kind === "append").map(([, , item]) => item);
    const there = items.filter((item) => place.has(item));
    if (t.done && there.length < items.length) wrong.push(`${t.id} was confirmed, but ${items.length - there.length} of its items are gone`);
    else if (there.length && there.length < items.length) wrong.push(`${t.id} has happened in part`);
    t.happened = t.done || there.length > 0;
  }

  // What was read is a beginning of the list, as it is at the end, with the reader's own items in place.
  const edges = new Map(transactions.map((t) => [t.id, new Set()]));
  const before = (a, b) => a !== b && edges.get(a.id).add(b.id);
  for (const t of transactions.filter((t) => t.done && t.reads)) {
    const own = new Map();
    let next = 0;
    for (const [kind, key, item] of t.steps) {
      if (kind === "append") {
        own.set(key, [...(own.get(key) ?? []), item]);
        continue;
      }
      const seen = t.reads[next++];
      const mine = own.get(key) ?? [];
      const others = seen.slice(0, seen.length - mine.length);
      const list = final.get(key) ?? [];
      if (mine.some((item, i) => seen[others.length + i] !== item)) {
        wrong.push(`${t.id} did not read what it had written to list ${key}`);
        continue;
      }
      if (others.some((item, i) => list[i] !== item)) {
        wrong.push(`${t.id} read [${seen}] in list ${key}, which holds [${list}]`);
        continue;
      }
      if (others.length) before(writer.get(others.at(-1)).t, t);
      const following = list[others.length + mine.length];
      if (following !== undefined) before(t, writer.get(following).t);
    }
  }
  for (const items of final.values())
    for (let i = 1; i < items.length; ++i) before(writer.get(items[i - 1]).t, writer.get(items[i]).t);

  const cycle = findCycle(edges);
  if (cycle) wrong.push(`no order of these is possible: ${cycle.join(" < ")}`);
  return wrong;
}

// Depth first, without recursion: histories are long.
function findCycle(edges) {
  const state = new Map();
  for (const start of edges.keys()) {
    if (state.has(start)) continue;
    const path = [[start, [...edges.get(start)]]];
    state.set(start, "open");
    while (path.length) {
      const [, rest] = path.at(-1);
      const next = rest.pop();
      if (next === undefined) {
        state.set(path.pop()[0], "done");
      } else if (state.get(next) === "open") {
        const ids = path.map(([id]) => id);
        return [...ids.slice(ids.indexOf(next)), next];
      } else if (!state.has(next)) {
        state.set(next, "open");
        path.push([next, [...edges.get(next)]]);
      }
    }
  }
  return null;
}
