// Runs the browser tests: every group in Chromium and in Firefox, both browsers at the same time.
// `node tests/e2e/run.mjs [chromium|firefox] [words of a title…]` runs some of them.

import { readdirSync } from 'node:fs';
import { invoked, ROOT } from '../../scripts/lib/run.mjs';
import { groups, Skipped } from './harness/groups.mjs';
import { world } from './harness/world.mjs';

/** No test takes longer, in milliseconds. */
const PATIENCE = 60_000;

async function limited(work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${PATIENCE / 1000} s`)), PATIENCE);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function one(shared, { title, test }, tell) {
  const began = Date.now();
  const owner = shared.owner();
  let page = null;
  try {
    await limited(async () => {
      page = await shared.page();
      await test({ ...shared, page, owner, open: shared.page, owners: shared.owner });
    });
    const { strangers } = shared.server;
    if (strangers.length > 0) throw new Error(`asked the network: ${strangers.splice(0).join(', ')}`);
    const harm = page.errors.filter((error) => !/^(?:$|.*(?:NetworkError|Failed to fetch|AbortError))/.test(error));
    if (harm.length > 0) throw new Error(`errors in the page: ${harm.join(', ')}`);
    tell('ok', title, Date.now() - began);
  } catch (error) {
    if (error instanceof Skipped) tell('skipped', `${title}: ${error.message}`, 0);
    else tell('not ok', title, Date.now() - began, error);
  } finally {
    shared.demo.mend();
    shared.server.strangers.length = 0;
    await page?.close().catch(() => {});
  }
}

/** Whether a group asks nothing special of its world: such groups, which come first, share one. */
const plain = ({ options }) => typeof options !== 'function' && Object.keys(options).length === 0;

/** The groups of a browser that hold a wanted test, those that share a world first; `filter` picks tests by their full title. */
function waiting(browser, filter) {
  return [...groups.filter(plain), ...groups.filter((each) => !plain(each))]
    .map((group) => ({
      group,
      wanted: group.tests.filter(
        ({ title, browsers = ['chromium', 'firefox'] }) => browsers.includes(browser) && filter(`${group.name}: ${title}`),
      ),
    }))
    .filter(({ wanted }) => wanted.length > 0);
}

/** Runs groups in one browser, as long as `take` gives one. */
async function all(browser, take, count) {
  let shared = null;
  const close = async () => {
    await shared?.close();
    shared = null;
  };
  for (let next = take(); next !== undefined; next = take()) {
    const { group, wanted } = next;
    const { name, options } = group;
    const tell = (outcome, title, took, error) => {
      count[outcome === 'ok' ? 'passed' : outcome === 'skipped' ? 'skipped' : 'failed'] += 1;
      process.stdout.write(`${outcome} ${browser}: ${name}: ${title}${took > 1500 ? ` (${(took / 1000).toFixed(1)} s)` : ''}\n`);
      if (error) process.stdout.write(`${String(error.stack ?? error).replace(/^/gm, '    ')}\n`);
    };
    if (!plain(group)) await close();
    try {
      shared ??= await limited(async () => world(browser, typeof options === 'function' ? await options(browser) : options));
    } catch (error) {
      for (const { title } of wanted) {
        if (error instanceof Skipped) tell('skipped', `${title}: ${error.message}`, 0);
        else tell('not ok', title, 0, error);
      }
      continue;
    }
    const failed = count.failed;
    for (const test of wanted) await one(shared, test, tell);
    // What broke one group's world is not handed to the next.
    if (!plain(group) || count.failed > failed) await close();
  }
  await close();
}

/** Runs all browser tests and counts. */
export async function browserTests({ browsers = ['chromium', 'firefox'], words = [] } = {}) {
  const directory = new URL('./', import.meta.url);
  for (const file of readdirSync(directory).sort()) if (file.endsWith('.test.mjs')) await import(new URL(file, directory));
  const count = { passed: 0, failed: 0, skipped: 0 };
  const filter = (title) => words.every((word) => title.includes(word));
  const queues = new Map(browsers.map((browser) => [browser, waiting(browser, filter)]));
  // The browsers do not end at once. Who has done its own goes on with what the other has left, from its end.
  const lane = async (own) => {
    await all(own, () => queues.get(own).shift(), count);
    for (const other of browsers) if (other !== own) await all(other, () => queues.get(other).pop(), count);
  };
  await Promise.all(browsers.map(lane));
  return count;
}

if (invoked(import.meta.url)) {
  process.chdir(ROOT);
  const args = process.argv.slice(2);
  const browsers = ['chromium', 'firefox'].filter((name) => args.includes(name));
  const words = args.filter((word) => !browsers.includes(word));
  const { passed, failed, skipped } = await browserTests({ ...(browsers.length > 0 ? { browsers } : {}), words });
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}
