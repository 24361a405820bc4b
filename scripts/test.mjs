// npm test: everything that is checked. `npm test -- native`, `-- web`, `-- browser` run a part.

import { build, bundles } from './build.mjs';
import { Failure, main, ROOT, run, say } from './lib/run.mjs';
import { setUp } from './setup.mjs';

const count = { passed: 0, failed: 0, skipped: 0 };

/** Runs one check; its output is shown where it fails. A check that counts for itself returns its counts. */
async function check(name, work) {
  const began = Date.now();
  try {
    const own = await work();
    for (const key of ['passed', 'failed', 'skipped']) count[key] += own?.[key] ?? (key === 'passed' && !own ? 1 : 0);
    if (own?.failed > 0) process.stdout.write(`not ok ${name}: ${own.failed} failed\n`);
    else process.stdout.write(`ok ${name}${own ? `: ${own.passed} passed` : ''} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`);
  } catch (error) {
    count.failed += 1;
    process.stdout.write(
      `not ok ${name}\n${`${error.output ?? ''}\n${error instanceof Failure ? error.message : error.stack}`.replace(/^/gm, '    ')}\n`,
    );
  }
}

const bin = (name) => `${ROOT}node_modules/.bin/${name}`;

/** What `cargo test` counted, over all its programs. */
function counted(output) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const [, passed, failed, ignored] of output.matchAll(/^test result: .* (\d+) passed; (\d+) failed; (\d+) ignored/gm)) {
    sum.passed += Number(passed);
    sum.failed += Number(failed);
    sum.skipped += Number(ignored);
  }
  return sum;
}

// With the declarations of the wire types, which the build prints: so it finds compiled what the tests have compiled.
const FEATURES = ['--locked', '--features', 'types'];

async function native() {
  await check('cargo fmt', () => run('cargo', ['fmt', '--check']).then(() => undefined));
  await check('cargo clippy', () =>
    // The browsers wait for the build, so that it goes first.
    run('cargo', ['clippy', ...FEATURES, '--quiet', '--all-targets', '--', '-D', 'warnings'], { yields: true }).then(() => undefined),
  );
  await check('cargo test', async () => {
    const args = ['test', ...FEATURES, '--no-fail-fast'];
    const { stdout, stderr } = await run('cargo', args, { yields: true }).catch((error) => ({ stdout: error.output, stderr: '' }));
    const sum = counted(stdout);
    if (sum.failed > 0 || sum.passed === 0) process.stdout.write(`${stdout}\n${stderr}\n`);
    if (sum.passed === 0) sum.failed += 1;
    return sum;
  });
}

/** Rules of Firefox's linter that say nothing of a build for Chrome. */
const FIREFOX_ONLY = new Set(['BACKGROUND_SERVICE_WORKER_NOFALLBACK', 'ADDON_ID_REQUIRED', 'MISSING_DATA_COLLECTION_PERMISSIONS']);

async function lint(browser) {
  const args = ['lint', '--source-dir', `dist/${browser}`, '--output', 'json'];
  const { stdout } = await run(bin('web-ext'), args).catch((error) => ({ stdout: error.output }));
  const { errors, warnings } = JSON.parse(stdout.slice(stdout.indexOf('{'), stdout.lastIndexOf('}') + 1));
  const found = [...errors, ...warnings].filter(({ code }) => browser === 'firefox' || !FIREFOX_ONLY.has(code));
  if (found.length > 0)
    throw new Failure(found.map(({ code, message, file, line }) => `${code}: ${message} (${file ?? ''}:${line ?? ''})`).join('\n'));
}

async function web() {
  await check('biome', () => run(bin('biome'), ['ci', '.']).then(() => undefined));
  await check('tsc', () => run(bin('tsc'), ['-p', 'extension']).then(() => undefined));
  await check('web-ext lint, Chrome', () => lint('chrome'));
  await check('web-ext lint, Firefox', () => lint('firefox'));
}

/**
 * Builds once more and compares: the extension always, a Wasm module where it was not yet built twice here. Among all
 * other checks that is the base module alone, beside the compilation of the others: they are the same crate through the
 * same steps, and would take what is left of the ten minutes. `npm test -- build` builds all of them again.
 */
async function twice(every, { base, building }) {
  const { again, MODULES } = await import('./lib/wasm.mjs');
  const { fingerprint } = await import('./lib/bundle.mjs');
  const { zips } = await import('./package.mjs');
  const { hash } = await import('./lib/files.mjs');
  await (every ? building : base);
  const differing = [];
  for (const { name } of every ? MODULES : MODULES.slice(0, 1)) differing.push(...(await again(name)));
  await building;
  const packed = async () => [...(await zips())].filter(([name]) => !name.includes('source')).map(([name, bytes]) => [name, hash(bytes)]);
  const [before, beforeZips] = [fingerprint(), await packed()];
  await bundles();
  const [after, afterZips] = [fingerprint(), await packed()];
  differing.push(...[...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path)));
  if (differing.length > 0) throw new Failure(`built twice, these differ: ${differing.join(', ')}`);
  if (JSON.stringify(beforeZips) !== JSON.stringify(afterZips)) throw new Failure('packed twice, the zips differ.');
}

/** What a newcomer runs first: everything that it prints has to be there. */
async function start() {
  const { stdout } = await run(process.execPath, ['scripts/start.mjs', '--once']);
  const wanted = ['version:', 'release tool:', 'squash message:', 'made by:', 'why:', 'changelog entry:', 'facts:', '1.4.2', '1.5.0'];
  const missing = wanted.filter((words) => !stdout.includes(words));
  if (missing.length === 0) return;
  const told = new Failure(`\`npm start -- --once\` does not say ${missing.join(', ')}`);
  told.output = stdout;
  throw told;
}

async function browser() {
  const { browserTests } = await import('../tests/e2e/run.mjs');
  await check('browsers', () => browserTests());
}

await main(async () => {
  const parts = process.argv.slice(2);
  const wanted = (part) => parts.length === 0 || parts.includes(part);
  const began = Date.now();
  await setUp({ browsers: ['chromium', 'firefox'] });
  say('building …');
  let base;
  const based = new Promise((resolve) => {
    base = (name) => name === 'core' && resolve();
  });
  const building = build(base).then(() => process.stdout.write(`set up and built (${((Date.now() - began) / 1000).toFixed(1)} s)\n`));
  // Compiling fills one core, the browsers the other.
  const compiling = async () => {
    if (wanted('native')) await native();
    // Where the build fails, it is told once, below.
    const made = { base: Promise.race([based, building]), building };
    if (wanted('build')) await check('built twice, the same bytes', () => twice(parts.includes('build'), made));
    await building;
    if (wanted('native')) {
      await check('the wire types are what crosses', () => run(bin('tsc'), ['-p', 'tests/wire']).then(() => undefined));
    }
  };
  const running = async () => {
    await building;
    if (wanted('web')) await web();
    if (wanted('browser')) await browser();
  };
  await Promise.all([compiling(), running()]);
  // It builds, too, and must not meet the second build.
  if (wanted('browser')) await check('npm start -- --once', start);
  process.stdout.write(`all of it: ${((Date.now() - began) / 1000).toFixed(0)} s\n`);
  const { passed, failed, skipped } = count;
  process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  if (failed > 0) process.exitCode = 1;
});
