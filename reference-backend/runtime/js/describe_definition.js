// The app or component definition that convex.config exports.
return (namespace, path) => {
  const definition = namespace.default;
  if (typeof definition?.export !== "function")
    return JSON.stringify({ refused: `${path} must export \`defineApp()\` or \`defineComponent()\` as its default.` });
  return JSON.stringify({ found: definition.export() });
};
