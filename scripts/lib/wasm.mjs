// The core: Rust → Wasm, its JavaScript glue, and the TypeScript declarations of what crosses to it.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { BINDGEN, librarySource } from '../setup.mjs';
import { hash, list, mirror, once, put } from './files.mjs';
import { answer, ROOT, run, say } from './run.mjs';

const OUT = `${ROOT}build/wasm`;

/** The modules: the base, the one that holds every tool, and the one that reads templates of repositories as well. */
export const MODULES = [
  // Compiled for size, each of Rust's smallest functions would be called instead of being put in its place; this much is
  // put there, which makes a long preview a tenth faster and the module some two kilobytes heavier.
  { name: 'core', flags: ['--no-default-features'], profile: 'wasm', codegen: ['-Cllvm-args=-inline-threshold=20'] },
  { name: 'more', flags: ['--no-default-features', '--features', 'more'], profile: 'wasm-fast' },
  { name: 'templates', flags: [], profile: 'wasm-fast' },
];

/** Builds the modules into build/wasm: `core.js`, `core.d.ts`, `core_bg.wasm`, and the same of the others. */
export async function wasm() {
  // Compiling the next goes on while the one before is shrunk, which takes one core.
  const shrinking = [];
  for (const module of MODULES) {
    const { work } = await compiled(module);
    shrinking.push(work);
    // A failure is thrown below; until then nobody waits for it.
    work.catch(() => undefined);
  }
  await Promise.all(shrinking);
}

/** Compiles a module; `work` is what remains to be done with it. */
async function compiled({ name, flags: features, profile, codegen = [] }) {
  const directory = process.env.CARGO_TARGET_DIR ?? `${ROOT}target`;
  const raw = `${directory}/wasm32-unknown-unknown/${profile}/squashcast.wasm`;
  if (!existsSync(raw)) say(`compiling the Wasm module ${name} (the first time one to two minutes) …`);
  const cargo = process.env.CARGO_HOME ?? `${homedir()}/.cargo`;
  const sysroot = answer('rustc', ['--print', 'sysroot']);
  // Panics name their source file. Without these, the machine's own paths would stand in the shipped Wasm, and two
  // machines would build different files.
  const flags = [`--remap-path-prefix=${cargo}=/cargo`, `--remap-path-prefix=${ROOT.slice(0, -1)}=/squashcast`, ...codegen];
  const args = ['build', '--locked', '--profile', profile, '--lib', ...features];
  args.push('--target', 'wasm32-unknown-unknown');
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
  args.push('--config', `target.wasm32-unknown-unknown.rustflags=${JSON.stringify(flags)}`);
  await run('cargo', args, { env });

  const bytes = readFileSync(raw);
  const packages = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')).devDependencies;
  const key = hash(bytes, readFileSync(`${BINDGEN}.version`), packages.binaryen, readFileSync(new URL(import.meta.url)));
  const optimised = `${OUT}/${name}_bg.wasm`;
  // The next module's compilation takes the place of `raw`.
  const kept = `${ROOT}build/${name}.wasm`;
  put(kept, bytes);
  const work = once(`${ROOT}build/wasm.${name}.stamp`, key, [optimised, `${OUT}/${name}.js`, `${OUT}/${name}.d.ts`], async () => {
    say(`making the glue and shrinking the Wasm module ${name} …`);
    mkdirSync(OUT, { recursive: true });
    await run(BINDGEN, [kept, OUT, name]);
    const before = readFileSync(optimised);
    // What rustc's wasm32 target emits by default and every browser of the manifest knows; the feature section names
    // more than wasm-opt takes over by itself.
    const known = ['bulk-memory', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals', 'reference-types', 'multivalue'];
    const enabled = known.map((feature) => `--enable-${feature}`);
    // The lowest kilobyte is the stack's end: nothing is laid there.
    enabled.push('--low-memory-unused');
    // What crosses the network and is weighed is gzipped. `-Oz --converge` makes the file a twelfth smaller than these
    // passes do, but what gzip makes of it five per cent larger, and takes ten times as long: the compiler has shrunk
    // the code already, and what the later passes gain they lose in likeness.
    const shrink = [`${ROOT}node_modules/binaryen/bin/wasm-opt`, '-O1', '--dae-optimizing', ...enabled, optimised, '-o', optimised];
    await run(process.execPath, shrink);
    say(`${name}: ${weight(before)} → ${weight(readFileSync(optimised))} gzipped`);
  });
  return { work };
}

const weight = (bytes) => `${(gzipSync(bytes, { level: 9 }).length / 1000).toFixed(1)} KB`;

/** Writes the TypeScript declarations of the wire types into build/wire; `index.ts` names them all. */
export async function wire() {
  const fresh = `${ROOT}build/wire.new`;
  rmSync(fresh, { recursive: true, force: true });
  await run('cargo', ['run', '--locked', '--quiet', '--features', 'types', '--bin', 'wire-types', '--', fresh]);
  const files = new Map(list(fresh).map((path) => [path, readFileSync(`${fresh}/${path}`)]));
  const names = [...files.keys()].filter((path) => !path.includes('/')).map((path) => path.replace(/\.ts$/, ''));
  files.set('index.ts', names.map((name) => `export type * from './${name}';\n`).join(''));
  mirror(`${ROOT}build/wire`, files);
  rmSync(fresh, { recursive: true });
}
