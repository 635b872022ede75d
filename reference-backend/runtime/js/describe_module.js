// What a push wants to know of a module: its functions, and the routes of http.js and the crons of crons.js.
// Gives {"found": ...} or {"refused": "why"} as JSON.
const { functionOrigin, utf8Encode } = host;
const kinds = [
  ["isQuery", "Query"],
  ["isMutation", "Mutation"],
  ["isAction", "Action"],
];
const methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];

class Refusal {
  constructor(text) {
    this.text = text;
  }
}
const refuse = (text) => {
  throw new Refusal(text);
};

function visibilityOf(exported, id) {
  const isPublic = "isPublic" in exported;
  const isInternal = "isInternal" in exported;
  if (isPublic && isInternal) {
    console.warn(`Skipping function export that is both public and internal: ${id}`);
    return undefined;
  }
  return isPublic ? { kind: "public" } : isInternal ? { kind: "internal" } : null;
}

/// The JSON that exportArgs or exportReturns gives.
function validatorOf(exported, id, method, missing) {
  const describe = exported[method];
  if (describe === undefined) return missing;
  if (typeof describe !== "function") refuse(`${id}.${method} is not a function or \`undefined\`.`);
  const text = exported[method]();
  if (typeof text !== "string") refuse(`Invalid ${method} return value: ${id}.${method}() didn't return a string.`);
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch (e) {
    refuse(`Invalid JSON returned from ${id}.${method}(): ${e.message}`);
  }
  return { text, parsed };
}

function describeFunction(exported, name, path) {
  const id = `${path}:${name}`;
  const matching = kinds.filter(([flag]) => flag in exported);
  if (matching.length !== 1) return undefined;
  const visibility = visibilityOf(exported, id);
  if (visibility === undefined) return undefined;
  const any = { text: '{"type":"any"}', parsed: { type: "any" } };
  const args = validatorOf(exported, id, "exportArgs", any);
  if (args.parsed?.type !== "object" && args.parsed?.type !== "any")
    refuse(`Invalid JSON returned from ${id}.exportArgs(): args validator must be an object or any`);
  const returns = validatorOf(exported, id, "exportReturns", any);
  const handler = exported._handler;
  if (handler !== undefined && typeof handler !== "function") refuse(`${id}.handler is not a function.`);
  if (handler === undefined && typeof exported !== "function") refuse(`${id} is not a function.`);
  return {
    name,
    origin: functionOrigin(handler ?? exported) ?? null,
    udfType: matching[0][1],
    visibility,
    args: args.text,
    returns: returns.parsed === null ? any.text : returns.text,
  };
}

function describeFunctions(namespace, path) {
  const functions = [];
  for (const name of Object.keys(namespace)) {
    const exported = namespace[name];
    if ((typeof exported !== "object" && typeof exported !== "function") || exported === null) continue;
    const described = describeFunction(exported, name, path);
    if (described) functions.push(described);
  }
  return functions;
}

function describeRoutes(router) {
  if (router === undefined) refuse("`convex/http.js` must have a default export of a Router.");
  if (router?.isRouter !== true) refuse("The default export of `convex/http.js` is not a Router.");
  const wrong = (why) => refuse(`The \`getRoutes()\` method of Router did not return the expected type. ${why}`);
  const routes = router.getRoutes();
  if (!Array.isArray(routes)) wrong("It must be an array.");
  return routes.map((route) => {
    if (!Array.isArray(route) || route.length !== 3) wrong("Each route must be an array of path, method and handler.");
    const [path, method, handler] = route;
    if (typeof path !== "string" || typeof method !== "string") wrong("Path and method must be strings.");
    if (!methods.includes(method)) wrong(`Unknown method ${method}.`);
    const target = handler?._handler ?? handler;
    return { route: { path, method }, origin: functionOrigin(target) ?? null };
  });
}

const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const unitSeconds = { seconds: 1, minutes: 60, hours: 3600 };

function describeSchedule(schedule, id) {
  const bad = (why) => refuse(`Invalid schedule of the cron job '${id}': ${why}`);
  const number = (name, low, high, optional) => {
    const n = schedule[name];
    if (n === undefined && optional) return undefined;
    if (!Number.isInteger(n) || n < low || n > high) bad(`${name} must be an integer from ${low} to ${high}`);
    return n;
  };
  const minuteUTC = () => number("minuteUTC", 0, 59, true);
  switch (schedule?.type) {
    case "interval": {
      const unit = Object.keys(unitSeconds).find((u) => schedule[u] !== undefined);
      if (unit === undefined) bad("an interval needs seconds, minutes or hours");
      return { type: "interval", seconds: number(unit, 1, 2 ** 31) * unitSeconds[unit] };
    }
    case "hourly":
      return { type: "hourly", minuteUTC: minuteUTC() };
    case "daily":
      return { type: "daily", hourUTC: number("hourUTC", 0, 23), minuteUTC: minuteUTC() };
    case "weekly": {
      const dayOfWeek = days.indexOf(String(schedule.dayOfWeek).toLowerCase());
      if (dayOfWeek < 0) bad("dayOfWeek must be the name of a day");
      return { type: "weekly", dayOfWeek, hourUTC: number("hourUTC", 0, 23), minuteUTC: minuteUTC() };
    }
    case "monthly":
      return { type: "monthly", day: number("day", 1, 31), hourUTC: number("hourUTC", 0, 23), minuteUTC: minuteUTC() };
    case "cron":
      if (typeof schedule.cron !== "string") bad("cron must be a string");
      return { type: "cron", cronExpr: schedule.cron };
    default:
      return bad(`unknown type ${schedule?.type}`);
  }
}

/// "dir/file:f" to "dir/file.js:f"; without a function the default export is meant.
function canonicalPath(name) {
  const [, file, , exported = "default"] = /^(.*?)(:([^:]*))?$/s.exec(name);
  return `${file.endsWith(".js") ? file : file + ".js"}:${exported}`;
}

function describeCrons(crons) {
  if (crons === undefined) refuse("`convex/crons.js` must have a default export of Crons.");
  if (crons?.isCrons !== true) refuse("The default export of `convex/crons.js` is not a Crons object.");
  const text = crons.export();
  if (typeof text !== "string") refuse("The `export()` method of Crons did not return a string.");
  const jobs = JSON.parse(text);
  return Object.keys(jobs).map((identifier) => {
    if (!/^[\x20-\x7e]+$/.test(identifier)) refuse(`Cron identifiers must be printable ASCII: '${identifier}'`);
    const { name, args, schedule } = jobs[identifier];
    const udfArgs = Array.from(utf8Encode(JSON.stringify(args)));
    if (udfArgs.length >= 2 ** 20) refuse(`The arguments of the cron job '${identifier}' are too large.`);
    return { identifier, spec: { udfPath: canonicalPath(name), udfArgs, cronSchedule: describeSchedule(schedule, identifier) } };
  });
}

return (namespace, path) => {
  try {
    const found = {
      functions: describeFunctions(namespace, path),
      httpRoutes: path === "http.js" ? describeRoutes(namespace.default) : null,
      cronSpecs: path === "crons.js" ? describeCrons(namespace.default) : null,
    };
    return JSON.stringify({ found });
  } catch (e) {
    if (e instanceof Refusal) return JSON.stringify({ refused: e.text });
    throw e;
  }
};
