// The auth config: a plain object with providers.
return (namespace) => {
  const config = namespace.default;
  if (config === undefined) return JSON.stringify({ refused: "auth config file is missing default export" });
  if (typeof config !== "object" || config === null || !Array.isArray(config.providers))
    return JSON.stringify({ refused: "auth config file must export an object with a list of providers" });
  return JSON.stringify({ found: config });
};
