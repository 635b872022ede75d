import { v } from "convex/values";
import { mutation, query } from "./_generated/server";

/** Where the next file may be uploaded, once. */
export const uploadUrl = mutation({
  args: {},
  handler: async (ctx) => await ctx.storage.generateUploadUrl(),
});

/** Where a file can be downloaded, or null when there is no such file. */
export const url = query({
  args: { file: v.id("_storage") },
  handler: async (ctx, { file }) => await ctx.storage.getUrl(file),
});
