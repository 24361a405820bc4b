// A group of browser tests: they share a browser, each has a page and an owner of its own.

/** All groups, in the order they were declared in. */
export const groups = [];

/** Declares a group; `options` are those of the world it runs in, `declare` gets the function that declares a test. */
export function group(name, options, declare) {
  const tests = [];
  declare((title, test, only = {}) => tests.push({ title, test, ...only }));
  groups.push({ name, options, tests });
}

/** A reason why a test was not run. */
export class Skipped extends Error {}
