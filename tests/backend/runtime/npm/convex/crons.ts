import { anyApi, cronJobs } from "convex/server";

const crons = cronJobs();
crons.interval("tidy", { minutes: 5 }, anyApi.messages.hidden);
crons.daily("report", { hourUTC: 3, minuteUTC: 30 }, anyApi.messages.hidden, {});
export default crons;
