// Sets up what is missing: the Wasm target, the npm packages, the helper that makes the glue, the browsers. Every step
// looks first whether it is needed, so that running it again costs next to nothing. Node's own modules only.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { browser } from './lib/browsers.mjs';
import { answer, Failure, invoked, main, ROOT, run, say } from './lib/run.mjs';

/** The helper that makes the glue. */
export const BINDGEN = `${ROOT}scripts/wasm-bindgen/target/debug/bindgen${process.platform === 'win32' ? '.exe' : ''}`;

const STAMP = `${ROOT}node_modules/.squashcast-lock`;

/** Sets up everything `browsers` (and, where `build` is set, the build) need. */
export async function setUp({ build = true, browsers = [] } = {}) {
  node();
  const rust = async () => {
    if (!build) return;
    await target();
    await library();
    await bindgen();
  };
  // One after the other: two package managers of the system exclude each other.
  const system = async () => {
    for (const kind of browsers) await install(kind);
  };
  const steps = await Promise.allSettled([packages(), rust(), system()]);
  for (const step of steps) if (step.status === 'rejected') throw step.reason;
}

function node() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) throw new Failure(`Node.js 20 or newer is needed; this is ${process.versions.node}.`);
}

async function packages() {
  const lock = createHash('sha256')
    .update(readFileSync(`${ROOT}package-lock.json`))
    .digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock) return;
  say('installing the npm packages (about half a minute) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // The drivers' own browsers are not wanted: the tests run the system's.
  await run(npm, ['ci', '--no-audit', '--no-fund'], {
    env: { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1', PUPPETEER_SKIP_DOWNLOAD: '1' },
  });
  writeFileSync(STAMP, lock);
}

async function target() {
  if (answer('cargo', ['--version']) === null) {
    throw new Failure('cargo is not installed: get Rust from https://rustup.rs and run this again.');
  }
  const sysroot = answer('rustc', ['--print', 'sysroot']);
  if (sysroot !== null && existsSync(`${sysroot}/lib/rustlib/wasm32-unknown-unknown`)) return;
  say('adding the Rust target wasm32-unknown-unknown …');
  try {
    await run('rustup', ['target', 'add', 'wasm32-unknown-unknown']);
  } catch (error) {
    const told = new Failure('the Rust target is missing: run `rustup target add wasm32-unknown-unknown`.');
    told.output = error.output ?? error.message;
    throw told;
  }
}

/** Whether the standard library's source is there: with it, the Wasm is built a fifth smaller (scripts/lib/wasm.mjs). */
export function librarySource(sysroot) {
  return sysroot !== null && existsSync(`${sysroot}/lib/rustlib/src/rust/library/Cargo.lock`);
}

async function library() {
  if (librarySource(answer('rustc', ['--print', 'sysroot']))) return;
  say("adding the source of Rust's standard library …");
  try {
    await run('rustup', ['component', 'add', 'rust-src']);
  } catch {
    say('it could not be added (`rustup component add rust-src`): the Wasm is built with the stock library and gets a fifth larger.');
  }
}

/** The version of a package in a Cargo.lock. */
function locked(lock, name) {
  return new RegExp(`name = "${name}"\\nversion = "([^"]+)"`).exec(readFileSync(lock, 'utf8').replaceAll('\r\n', '\n'))?.[1];
}

async function bindgen() {
  const core = locked(`${ROOT}Cargo.lock`, 'wasm-bindgen');
  const helper = locked(`${ROOT}scripts/wasm-bindgen/Cargo.lock`, 'wasm-bindgen-cli-support');
  if (core !== helper) {
    throw new Failure(
      `the core uses wasm-bindgen ${core}, its helper ${helper}: set wasm-bindgen-cli-support to =${core} in scripts/wasm-bindgen/Cargo.toml and run \`cargo update\` there.`,
    );
  }
  const stamp = `${BINDGEN}.version`;
  const source = readFileSync(`${ROOT}scripts/wasm-bindgen/src/main.rs`);
  const key = `${helper} ${createHash('sha256').update(source).digest('hex')}`;
  if (existsSync(BINDGEN) && existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  say('building the helper that makes the JavaScript glue (once, about two minutes) …');
  mkdirSync(`${ROOT}scripts/wasm-bindgen/target`, { recursive: true });
  await run('cargo', ['build', '--locked', '--target-dir', 'target'], { cwd: `${ROOT}scripts/wasm-bindgen` });
  writeFileSync(stamp, key);
}

const DEBIAN = { chromium: 'chromium', firefox: 'firefox-esr' };

async function install(kind) {
  if (browser(kind) !== null) return;
  const command = `apt-get install -y --no-install-recommends ${DEBIAN[kind]}`;
  const debian = existsSync('/etc/debian_version');
  if (!debian) {
    throw new Failure(`no ${kind} was found: install it, or name it in the variable ${kind.toUpperCase()}.`);
  }
  if (process.getuid?.() !== 0) throw new Failure(`no ${kind} was found: run \`sudo ${command}\`.`);
  say(`installing ${DEBIAN[kind]} (one to three minutes) …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const [program, ...args] = command.split(' ');
  try {
    await run(program, args, { env });
  } catch {
    // The lists of a fresh image are missing or old.
    await run('apt-get', ['update'], { env });
    await run(program, args, { env });
  }
  if (browser(kind) === null) throw new Failure(`${DEBIAN[kind]} was installed, but no ${kind} was found after it.`);
}

if (invoked(import.meta.url)) {
  await main(() => setUp({ browsers: ['chromium', 'firefox'] }));
}
