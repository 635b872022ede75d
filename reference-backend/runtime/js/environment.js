// process.env: each variable is asked for when it is read, so that the host knows what the function depends on.
const { environment } = host;

const env = new Proxy(
  {},
  {
    get(_, name) {
      if (typeof name !== "string") return undefined;
      if (name === "inspect") return () => "[process.env]";
      return environment(name);
    },
  },
);

globalThis.process = { env };
