// The extension and the playground: TypeScript → one script each, and everything else as it stands.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { hash, list, mirror } from './files.mjs';
import { draw } from './icons.mjs';
import { Failure, ROOT } from './run.mjs';

/** Where wasm-bindgen put the modules. */
const WASM = `${ROOT}build/wasm/`;

/** Objects are merged key by key, everything else is replaced; null takes a key away. */
export function merge(base, patch) {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const merged = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(typeof merged[key] === 'object' ? merged[key] : {}, value);
  }
  return merged;
}

/** A style sheet that a script imports is its text: it goes into a shadow root. */
const styles = (esbuild) => ({
  name: 'styles',
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await esbuild.transform(readFileSync(path, 'utf8'), { loader: 'css', minify: true });
      return { contents: code.trimEnd(), loader: 'text' };
    });
  },
});

/** The core's glue is what wasm-bindgen made; beside the sources stands only its declaration. */
const glue = {
  name: 'glue',
  setup(build) {
    build.onResolve({ filter: /(^|\/)(core|more|templates)(\.js)?$/ }, ({ path }) => ({
      path: `${WASM}${/core|more|templates/.exec(path)[0]}.js`,
    }));
  },
};

/** Bundles `source/NAME.ts` for `NAME.js`, as a classic script or as a module; a style sheet as a style sheet. */
async function bundle(source, script, format) {
  const esbuild = await import('esbuild');
  const entry = join(source, script.replace(/\.js$/, '.ts'));
  if (!existsSync(entry)) throw new Failure(`${script} is named, but there is no ${entry.slice(ROOT.length)}.`);
  const result = await esbuild
    .build({
      absWorkingDir: ROOT,
      entryPoints: [entry],
      bundle: true,
      ...(format === 'css' ? {} : { format }),
      target: ['chrome110', 'firefox128'],
      minify: true,
      charset: 'utf8',
      legalComments: 'none',
      write: false,
      logLevel: 'silent',
      plugins: format === 'css' ? [] : [styles(esbuild), glue],
    })
    .catch((error) => {
      const told = new Failure(`${entry.slice(ROOT.length)} does not build.`);
      told.output = error.message;
      throw told;
    });
  return result.outputFiles[0].contents;
}

// One group each: the file.
const SCRIPT = /<script\b[^>]*\bsrc="([^":]+\.js)"/g;

/** The files that pages name, relative to the source directory. */
function named(source, paths, pattern) {
  return paths
    .filter((path) => path.endsWith('.html'))
    .flatMap((path) => [...readFileSync(join(source, path), 'utf8').matchAll(pattern)].map(([, name]) => posix.join(dirname(path), name)));
}

/** What is copied as it stands; style sheets that no page links are in the scripts already. */
const asset = (path) => !/\.ts$|\.css$|(^|\/)tsconfig[^/]*\.json$|^manifest[^/]*\.json$|^samples\/|\.md$|(^|\/)\.[^/]+$/.test(path);

const LINK = /<link\b[^>]*\bhref="([^":]+\.css)"/g;

/** Everything of a source directory, built: files as they stand, the scripts and style sheets that pages and manifest name. */
async function built(source, classic, modules) {
  const paths = list(source);
  const files = new Map(paths.filter(asset).map((path) => [path, readFileSync(join(source, path))]));
  const wanted = new Map([
    ...named(source, paths, LINK).map((name) => [name, 'css']),
    ...[...modules, ...named(source, paths, SCRIPT)].map((name) => [name, 'esm']),
    ...classic.map((name) => [name, 'iife']),
  ]);
  const contents = await Promise.all([...wanted].map(([name, format]) => bundle(source, name, format)));
  for (const [index, name] of [...wanted.keys()].entries()) files.set(name, contents[index]);
  // The glue looks for the Wasm beside the script that loads it.
  for (const name of ['core_bg.wasm', 'more_bg.wasm', 'templates_bg.wasm']) files.set(name, readFileSync(`${WASM}${name}`));
  return files;
}

/** Builds dist/chrome or dist/firefox. */
export async function extension(browser) {
  const source = `${ROOT}extension`;
  const read = (name) => JSON.parse(readFileSync(join(source, name), 'utf8'));
  const version = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')).version;
  const manifest = { ...merge(read('manifest.base.json'), read(`manifest.${browser}.json`)), version };
  const background = [manifest.background?.service_worker, ...(manifest.background?.scripts ?? [])].filter(Boolean);
  // Those of forges at the user's own addresses are registered while it runs, and stand in no manifest.
  const content = list(source)
    .filter((path) => /^content-[^/]+\.ts$/.test(path))
    .map((path) => path.replace(/\.ts$/, '.js'));
  const files = await built(source, content, background);
  await draw(manifest, source, files);
  files.set('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);
  mirror(`${ROOT}dist/${browser}`, files);
}

/** Builds dist/www. */
export async function playground() {
  const source = `${ROOT}www`;
  if (!existsSync(source)) throw new Failure('there is no www/.');
  const files = await built(source, [], []);
  mirror(`${ROOT}dist/www`, files);
}

/** A fingerprint of everything in dist, to tell whether two builds are the same. */
export function fingerprint() {
  const paths = ['chrome', 'firefox', 'www'].flatMap((part) => list(`${ROOT}dist/${part}`).map((path) => `${part}/${path}`));
  return new Map(paths.map((path) => [path, hash(readFileSync(`${ROOT}dist/${path}`))]));
}
