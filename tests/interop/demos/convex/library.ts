// Related tables: one to one, one to many, many to many, and what is deleted along.
import { customCtx, customMutation } from "convex-helpers/server/customFunctions";
import { getAll, getManyFrom, getManyVia, getOneFrom } from "convex-helpers/server/relationships";
import { Triggers } from "convex-helpers/server/triggers";
import { v } from "convex/values";
import { DataModel } from "./_generated/dataModel";
import { mutation as plainMutation, query } from "./_generated/server";

const triggers = new Triggers<DataModel>();
triggers.register("people", async (ctx, change) => {
  if (change.operation !== "delete") return;
  const profile = await getOneFrom(ctx.db, "profiles", "by_person", change.id, "person");
  if (profile) await ctx.db.delete(profile._id);
  for (const loan of await getManyFrom(ctx.db, "loans", "by_person", change.id, "person")) await ctx.db.delete(loan._id);
});
const mutation = customMutation(plainMutation, customCtx(triggers.wrapDB));

export const fill = mutation({
  args: {},
  handler: async (ctx) => {
    const books = [];
    for (const title of ["Emma", "Ulysses", "Walden"]) books.push(await ctx.db.insert("books", { title }));
    for (const [name, borrowed] of [["North", ["Ann", "Bob"]], ["South", ["Cy"]]] as const) {
      const team = await ctx.db.insert("teams", { name });
      for (const who of borrowed) {
        const person = await ctx.db.insert("people", { name: who, team });
        await ctx.db.insert("profiles", { person, bio: `${who} of ${name}` });
        for (const book of books.slice(0, who.length - 1)) await ctx.db.insert("loans", { person, book });
      }
    }
  },
});

export const overview = query({
  args: {},
  handler: async (ctx) => {
    const teams = await ctx.db.query("teams").collect();
    return await Promise.all(
      teams.map(async (team) => ({
        team: team.name,
        people: await Promise.all(
          (await getManyFrom(ctx.db, "people", "by_team", team._id, "team")).map(async (person) => ({
            name: person.name,
            bio: (await getOneFrom(ctx.db, "profiles", "by_person", person._id, "person"))?.bio ?? null,
            books: (await getManyVia(ctx.db, "loans", "book", "by_person", person._id, "person")).map((b) => b!.title),
          })),
        ),
      })),
    );
  },
});

export const readers = query({
  args: { title: v.string() },
  handler: async (ctx, { title }) => {
    const book = (await ctx.db.query("books").collect()).find((b) => b.title === title)!;
    const loans = await getManyFrom(ctx.db, "loans", "by_book", book._id, "book");
    return (await getAll(ctx.db, loans.map((loan) => loan.person))).map((person) => person!.name);
  },
});

export const leave = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    const person = await getOneFrom(ctx.db, "people", "by_name", name, "name");
    await ctx.db.delete(person!._id);
  },
});
