// Bundled for both kinds of runtime.
export const shout = (text: string) => text.toUpperCase();
