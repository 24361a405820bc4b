// The core: Rust → Wasm, its JavaScript glue, and the TypeScript declarations of what crosses to it.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { BINDGEN, librarySource } from '../setup.mjs';
import { hash, list, mirror, once, put } from './files.mjs';
import { answer, ROOT, run, say } from './run.mjs';

const OUT = `${ROOT}build/wasm`;
const TARGET = 'wasm32-unknown-unknown';

/** The modules: the base, the one that holds every tool, and the one that reads templates of repositories as well. */
export const MODULES = [
  // Compiled for size, each of Rust's smallest functions would be called instead of being put in its place; this much is
  // put there, which makes a long preview a tenth faster and the module some two kilobytes heavier.
  { name: 'core', flags: ['--no-default-features'], profile: 'wasm', codegen: ['-Cllvm-args=-inline-threshold=20'], weighed: true },
  { name: 'more', flags: ['--no-default-features', '--features', 'more'], profile: 'wasm-fast' },
  { name: 'templates', flags: [], profile: 'wasm-fast' },
];

/**
 * Builds the modules into build/wasm: `core.js`, `core.d.ts`, `core_bg.wasm`, and the same of the others. `made` is told
 * the name of each that is ready.
 */
export async function wasm(made = () => {}) {
  // Compiling the next goes on while the one before is shrunk, which takes one core.
  const finishing = [];
  for (const module of MODULES) {
    const { work } = await compiled(module, OUT, `${ROOT}build/`);
    const finished = work.then(() => made(module.name));
    finishing.push(finished);
    // A failure is thrown below; until then nobody waits for it.
    finished.catch(() => undefined);
  }
  await Promise.all(finishing);
}

/** The files of a module, by their names; `out` is the directory that holds them. */
const outcomes = (name, out) => ['_bg.wasm', '.js', '.d.ts'].map((end) => [`${name}${end}`, `${out}/${name}${end}`]);

/** Builds a module once more, all of it, into a place of its own, and tells the names of the files that differ. */
export async function again(name) {
  const module = MODULES.find((each) => each.name === name);
  const here = `${ROOT}build/twice/${name}/`;
  const known = hash(...outcomes(name, OUT).map(([, path]) => readFileSync(path)));
  const stamp = `${here}stamp`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === known) return [];
  rmSync(here, { recursive: true, force: true });
  await run('cargo', ['clean', '--quiet', '--package', 'squashcast', '--profile', module.profile, '--target', TARGET]);
  const { work } = await compiled(module, `${here}wasm`, here);
  await work;
  const differing = outcomes(name, `${here}wasm`).filter(([file, path]) => !readFileSync(path).equals(readFileSync(`${OUT}/${file}`)));
  if (differing.length === 0) put(stamp, known);
  return differing.map(([file]) => file);
}

/** Compiles a module into `out`, by way of `kept`; `work` is what remains to be done with it. */
async function compiled({ name, flags: features, profile, codegen = [], weighed = false }, out, kept) {
  const directory = process.env.CARGO_TARGET_DIR ?? `${ROOT}target`;
  const raw = `${directory}/${TARGET}/${profile}/squashcast.wasm`;
  if (!existsSync(raw)) say(`compiling the Wasm module ${name} (the first time one to two minutes) …`);
  const cargo = process.env.CARGO_HOME ?? `${homedir()}/.cargo`;
  const sysroot = answer('rustc', ['--print', 'sysroot']);
  // Panics name their source file. Without these, the machine's own paths would stand in the shipped Wasm, and two
  // machines would build different files.
  const flags = [`--remap-path-prefix=${cargo}=/cargo`, `--remap-path-prefix=${ROOT.slice(0, -1)}=/squashcast`, ...codegen];
  const args = ['build', '--locked', '--profile', profile, '--lib', ...features];
  args.push('--target', TARGET);
  // All modules come from one directory, so that what they share is compiled once; cargo lays the one asked for last
  // at `raw`. With this, it keeps them apart below that; without, it would compile each anew every time.
  const env = { __CARGO_DEFAULT_LIB_METADATA: 'squashcast' };
  if (librarySource(sysroot)) {
    // The standard library is compiled with the module, for size, and a panic traps at once: the stock library always
    // holds the code that would print its message. Stable cargo does that only when it is told to.
    env.RUSTC_BOOTSTRAP = '1';
    args.push('-Zbuild-std=std,panic_abort', '-Zbuild-std-features=optimize_for_size');
    flags.push(
      `--remap-path-prefix=${sysroot}/lib/rustlib/src/rust=/rust`,
      '-Zunstable-options',
      '-Cpanic=immediate-abort',
      '-Zlocation-detail=none',
      '-Zfmt-debug=none',
    );
  }
  args.push('--config', `target.${TARGET}.rustflags=${JSON.stringify(flags)}`);
  await run('cargo', args, { env });

  const bytes = readFileSync(raw);
  const packages = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')).devDependencies;
  const key = hash(bytes, readFileSync(`${BINDGEN}.version`), packages.binaryen, readFileSync(new URL(import.meta.url)));
  const glued = `${out}/${name}_bg.wasm`;
  // The next module's compilation takes the place of `raw`.
  const own = `${kept}${name}.wasm`;
  put(own, bytes);
  const files = outcomes(name, out).map(([, path]) => path);
  const work = once(`${kept}wasm.${name}.stamp`, key, files, async () => {
    say(`making the glue of the Wasm module ${name}${weighed ? ' and shrinking it' : ''} …`);
    mkdirSync(out, { recursive: true });
    await run(BINDGEN, [own, out, name]);
    const before = readFileSync(glued);
    // Of the others it takes two hundredths, which nobody waits for: they come from the disk, and run no faster for it.
    if (!weighed) return say(`${name}: ${weight(before)} gzipped`);
    // What rustc's wasm32 target emits by default and every browser of the manifest knows; the feature section names
    // more than wasm-opt takes over by itself.
    const known = ['bulk-memory', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals', 'reference-types', 'multivalue'];
    const enabled = known.map((feature) => `--enable-${feature}`);
    // The lowest kilobyte is the stack's end: nothing is laid there.
    enabled.push('--low-memory-unused');
    // What crosses the network and is weighed is gzipped. `-Oz --converge` makes the file a twelfth smaller than these
    // passes do, but what gzip makes of it five per cent larger, and takes ten times as long: the compiler has shrunk
    // the code already, and what the later passes gain they lose in likeness.
    const shrink = [`${ROOT}node_modules/binaryen/bin/wasm-opt`, '-O1', '--dae-optimizing', ...enabled, glued, '-o', glued];
    await run(process.execPath, shrink);
    say(`${name}: ${weight(before)} → ${weight(readFileSync(glued))} gzipped`);
  });
  return { work };
}

const weight = (bytes) => `${(gzipSync(bytes, { level: 9 }).length / 1000).toFixed(1)} KB`;

/** Writes the TypeScript declarations of the wire types into build/wire; `index.ts` names them all. */
export async function wire() {
  const fresh = `${ROOT}build/wire.new`;
  rmSync(fresh, { recursive: true, force: true });
  // The features are those of the tests (scripts/test.mjs), for one compilation of both.
  await run('cargo', ['run', '--locked', '--quiet', '--features', 'types', '--bin', 'wire-types', '--', fresh]);
  const files = new Map(list(fresh).map((path) => [path, readFileSync(`${fresh}/${path}`)]));
  const names = [...files.keys()].filter((path) => !path.includes('/')).map((path) => path.replace(/\.ts$/, ''));
  files.set('index.ts', names.map((name) => `export type * from './${name}';\n`).join(''));
  mirror(`${ROOT}build/wire`, files);
  rmSync(fresh, { recursive: true });
}
