// The app of files.test.mjs: a gallery of stored files, after the file storage guide.
import { v } from "convex/values";
import { action, mutation, query } from "./_generated/server";
import { api } from "./_generated/api";

export const generateUploadUrl = mutation({
  args: {},
  handler: async (ctx) => ctx.storage.generateUploadUrl(),
});

export const send = mutation({
  args: { storageId: v.id("_storage"), author: v.string() },
  handler: async (ctx, { storageId, author }) => {
    await ctx.db.insert("pictures", { author, file: storageId });
  },
});

export const list = query({
  args: {},
  handler: async (ctx) => {
    const rows = await ctx.db.query("pictures").collect();
    return Promise.all(rows.map(async (row) => ({ ...row, url: await ctx.storage.getUrl(row.file) })));
  },
});

export const url = query({
  args: { id: v.string() },
  handler: async (ctx, { id }) => ctx.storage.getUrl(id),
});

export const metadata = query({
  args: { id: v.string() },
  handler: async (ctx, { id }) => ctx.storage.getMetadata(id),
});

export const systemRow = query({
  args: { id: v.id("_storage") },
  handler: async (ctx, { id }) => ctx.db.system.get(id),
});

export const systemRows = query({
  args: {},
  handler: async (ctx) => ctx.db.system.query("_storage").collect(),
});

export const remove = mutation({
  args: { id: v.id("_storage") },
  handler: async (ctx, { id }) => {
    await ctx.storage.delete(id);
    for (const row of await ctx.db.query("pictures").collect()) if (row.file === id) await ctx.db.delete(row._id);
  },
});

export const removeAndFail = mutation({
  args: { id: v.id("_storage") },
  handler: async (ctx, { id }) => {
    await ctx.storage.delete(id);
    throw new Error("changed my mind");
  },
});

export const removeInVain = mutation({
  args: { id: v.id("_storage") },
  handler: async (ctx, { id }) => {
    await ctx.runMutation(api.files.removeAndFail, { id }).catch(() => {});
    return (await ctx.storage.getUrl(id)) !== null;
  },
});

export const inAction = action({
  args: { id: v.id("_storage") },
  handler: async (ctx, { id }) => {
    const url = await ctx.storage.getUrl(id);
    const metadata = await ctx.storage.getMetadata(id);
    const upload = await ctx.storage.generateUploadUrl();
    await ctx.storage.delete(id);
    const again = await ctx.storage.delete(id).catch((e: Error) => e.message);
    return { url, size: metadata!.size, upload, after: await ctx.storage.getUrl(id), again };
  },
});
