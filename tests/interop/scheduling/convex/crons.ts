import { anyApi, cronJobs } from "convex/server";

const crons = cronJobs();
crons.interval("mutation each second", { seconds: 1 }, anyApi.jobs.tick, { name: "mutation" });
crons.interval("action each second", { seconds: 1 }, anyApi.jobs.tickInAction, { name: "action" });
crons.hourly("hourly", { minuteUTC: 30 }, anyApi.jobs.tick, { name: "hourly" });
crons.daily("daily", { hourUTC: 3 }, anyApi.jobs.tick, { name: "daily" });
crons.weekly("weekly", { dayOfWeek: "monday", hourUTC: 3, minuteUTC: 30 }, anyApi.jobs.tick, { name: "weekly" });
crons.monthly("monthly", { day: 31, hourUTC: 3, minuteUTC: 30 }, anyApi.jobs.tick, { name: "monthly" });
crons.cron("expression", "0 0 29 2 *", anyApi.jobs.tick, { name: "expression" });
export default crons;
