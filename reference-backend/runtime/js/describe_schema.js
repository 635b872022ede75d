// The schema that a file exports, as the object of the push protocol.
return (namespace) => {
  const schema = namespace.default;
  if (schema === undefined) return JSON.stringify({ refused: "Schema file missing default export." });
  if (typeof schema?.export !== "function")
    return JSON.stringify({ refused: "The default export of the schema file is not a schema. Did you forget `defineSchema`?" });
  return JSON.stringify({ found: JSON.parse(schema.export()) });
};
