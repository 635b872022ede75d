// Runs a program: a list of steps that reads and writes documents. A document is named by its number, `n`, which it also
// carries, so that results of two engines compare although their ids and times differ.
import { internalMutationGeneric, makeFunctionReference, mutationGeneric, queryGeneric } from "convex/server";
import { ConvexError } from "convex/values";

const nested = makeFunctionReference("programs:nested");
const look = makeFunctionReference("programs:look");

const show = (doc) => {
  if (doc === null) return null;
  const { _id, _creationTime, ...fields } = doc;
  if (typeof _id !== "string" || typeof _creationTime !== "number") throw new Error("a document without system fields");
  return fields;
};

// Fields come as pairs, so that `undefined` can be said: a pair without a value.
const object = (fields, ids) =>
  Object.fromEntries(fields.map(([name, value]) => [name, value?.doc !== undefined ? ids[value.doc] : value]));

function condition(q, e) {
  const [kind, ...rest] = e;
  if (kind === "field") return q.field(rest[0]);
  if (kind === "literal") return rest[0];
  return q[kind](...rest.map((inner) => condition(q, inner)));
}

function source(ctx, { table, index, range, order, filter }) {
  let query = ctx.db.query(table);
  if (index)
    query = query.withIndex(index, (q) => {
      for (const [kind, field, value] of range) q = q[kind](field, value);
      return q;
    });
  if (order) query = query.order(order);
  if (filter) query = query.filter((q) => condition(q, filter));
  return query;
}

async function read(ctx, step) {
  const query = source(ctx, step);
  switch (step.end) {
    case "collect":
      return (await query.collect()).map(show);
    case "first":
      return show(await query.first());
    case "unique":
      return show(await query.unique());
    case "take":
      return (await query.take(step.count)).map(show);
    case "some": {
      const seen = [];
      for await (const doc of query) {
        seen.push(show(doc));
        if (seen.length === step.count) break;
      }
      return seen;
    }
    case "page": {
      const { page, isDone, continueCursor } = await query.paginate({ numItems: step.count, cursor: step.cursor ?? null });
      return { page: page.map(show), isDone, continueCursor };
    }
  }
  throw new Error("unknown end " + step.end);
}

async function perform(ctx, step, ids) {
  switch (step.op) {
    case "insert":
      ids[step.n] = await ctx.db.insert(step.table, object(step.fields, ids));
      return step.n;
    case "patch":
      return await ctx.db.patch(ids[step.doc], object(step.fields, ids)), null;
    case "replace":
      return await ctx.db.replace(ids[step.doc], object(step.fields, ids)), null;
    case "delete":
      return await ctx.db.delete(ids[step.doc]), null;
    case "get":
      return show(await ctx.db.get(ids[step.doc]));
    case "read":
      return await read(ctx, step);
    case "together":
      return await Promise.all(step.steps.map((inner) => perform(ctx, inner, ids)));
    case "nested": {
      const done = await ctx.runMutation(nested, { steps: step.steps, ids });
      Object.assign(ids, done.ids);
      return done.results;
    }
    case "look":
      return await ctx.runQuery(look, { steps: step.steps, ids });
    case "throw":
      throw new ConvexError(step.data);
    case "clear":
      for (const table of ["loose", "strict"])
        for (const doc of await ctx.db.query(table).collect()) await ctx.db.delete(doc._id);
      return null;
  }
  throw new Error("unknown step " + step.op);
}

async function run(ctx, { steps, ids }) {
  const results = [];
  for (const step of steps) {
    if (!step.guarded) {
      results.push(await perform(ctx, step, ids));
      continue;
    }
    try {
      results.push({ done: await perform(ctx, step, ids) });
    } catch (e) {
      results.push(e instanceof ConvexError ? { threw: e.data } : "failed");
    }
  }
  return { results, ids };
}

export const change = mutationGeneric(run);
export const nestedChange = internalMutationGeneric(run);
export { nestedChange as nested };
export const look_ = queryGeneric(async (ctx, args) => (await run(ctx, args)).results);
export { look_ as look };
