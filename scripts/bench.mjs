// npm run bench: the figures, beside their budgets. `npm run bench -- core` only those of the core, `-- extension` only
// those of the extension; `--quick` times the core as it is built while working (faster to build, a little slower).

import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from './build.mjs';
import { median, native, row, sum, wasm } from './lib/bench.mjs';
import { main, ROOT, say } from './lib/run.mjs';
import { setUp } from './setup.mjs';

const TIMES = 5;

function sizes() {
  process.stdout.write('\nWeight (gzip -9)\n');
  for (const [name, file, budget] of [
    ['Wasm', 'core_bg.wasm', 250],
    ['Wasm of every tool, loaded where one of them is found', 'more_bg.wasm'],
    ['Wasm with template engines, loaded where templates are', 'templates_bg.wasm'],
    ['content script, GitHub', 'content-github.js', 15],
    ['content script, Bitbucket', 'content-bitbucket.js', 15],
    ['background script', 'background.js'],
    ['popup', 'popup.js'],
    ['options', 'options.js'],
  ]) {
    const bytes = readFileSync(`${ROOT}dist/chrome/${file}`);
    row(name, bytes.length / 1000, 'KB');
    row(`${name}, gzipped`, gzipSync(bytes, { level: 9 }).length / 1000, 'KB', budget);
  }
}

/** Runs in every page from its start: notes when the pill has its answer. */
function watch() {
  const look = () => {
    const button = document.querySelector('squashcast-pill')?.shadowRoot?.querySelector('button.pill');
    if (button && window.pillAt === undefined) window.pillAt = performance.now();
    if (button && !button.classList.contains('loading')) window.answerAt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const answered = (page) =>
  page.waitFor(() => window.answerAt && { pill: window.pillAt, answer: window.answerAt }, undefined, { what: 'the answered pill' });

async function times({ world, TOKEN, token }) {
  const shared = await world('chromium', {});
  const { browser } = shared;
  await browser.context.addInitScript(watch);
  const page = await browser.page();
  const counts = {};
  const at = (owner, path = 'widgets/pull/42') => `https://github.com/${owner}/${path}`;
  const measure = async (url) => {
    await page.open(url);
    return answered(page);
  };
  if (token) {
    await page.open(await browser.address('options.html'));
    await page.type('input[type="password"]', TOKEN);
    await page.press('Enter');
    await page.waitFor(() => document.querySelector('input[type="password"]')?.value === '', undefined, { what: 'the saved token' });
  }
  const results = { first: [], coldFacts: [], warm: [], coldWorker: [] };
  results.first.push((await measure(at(shared.owner()))).answer);
  for (let time = 0; time < TIMES; time += 1) {
    const owner = shared.owner();
    results.coldFacts.push((await measure(at(owner))).answer);
    const asked = shared.asked(owner);
    const isApi = ({ host }) => host === 'api.github.com';
    counts.cold = { api: asked.filter(isApi).length, other: asked.filter((each) => !isApi(each)).length };
    const before = asked.length;
    results.warm.push((await measure(at(owner))).answer);
    counts.warm = shared.asked(owner).length - before;
    if (!token) {
      await browser.kill();
      results.coldWorker.push((await measure(at(owner))).answer);
    }
  }
  const owner = shared.owner();
  await measure(at(owner, 'long/pull/1'));
  counts.long = shared.asked(owner).filter(({ host }) => host === 'api.github.com').length;
  await shared.close();
  return { results, counts };
}

/** Whether an event of a trace is our content script at work; what comes over its port is called by no script. */
function isOurs({ ph, name, args }) {
  if (ph !== 'X' || !['FunctionCall', 'EvaluateScript', 'v8.compile', 'v8.run'].includes(name)) return false;
  const { url, fileName, lineNumber, columnNumber, functionName } = args.data ?? {};
  if (/^chrome-extension:/.test(url ?? fileName ?? '')) return true;
  return name === 'FunctionCall' && !url && !functionName && lineNumber === 0 && columnNumber === 0;
}

/**
 * Main-thread time of the content script on a real page, from its start until pill and panel are painted: the processor's
 * time that a trace names, so that what else the machine does is not counted.
 */
async function mainThread({ world }) {
  const pages = `${ROOT}../shared/pages`;
  if (!existsSync(pages)) {
    process.stdout.write('main-thread time on a saved page: skipped: no ../shared\n');
    return;
  }
  const { url } = JSON.parse(readFileSync(`${pages}/truth.json`, 'utf8'))['github/2026-07-open.html'];
  const body = readFileSync(`${pages}/github/2026-07-open.html`);
  const { POLICY } = await import('./demo/forge.mjs');
  const { settled } = await import('../tests/e2e/harness/panel.mjs');
  const saved = (play) => async (request) =>
    `https://${request.host}${request.path}` === url && /text\/html/.test(request.headers.accept ?? '')
      ? { status: 200, headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY }, body }
      : play(request);
  const shared = await world('chromium', { hosts: new Map([['github.com', saved]]) });
  const page = await shared.browser.page();
  await page.open(url);
  await settled(page);
  const session = await shared.browser.context.newCDPSession(page.driver);
  const found = [];
  for (let time = 0; time < 2 * TIMES; time += 1) {
    const events = [];
    const note = ({ value }) => events.push(...value);
    session.on('Tracing.dataCollected', note);
    await session.send('Tracing.start', { categories: 'devtools.timeline,v8', transferMode: 'ReportEvents' });
    await page.reload();
    await settled(page);
    const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await complete;
    session.off('Tracing.dataCollected', note);
    let end = 0;
    let sum = 0;
    for (const event of events.filter(isOurs).sort((one, other) => one.ts - other.ts)) {
      // What is called inside of what is counted is counted already.
      if (event.ts < end) continue;
      end = event.ts + event.dur;
      sum += event.tdur ?? event.dur;
    }
    found.push(sum / 1000);
  }
  row('content script, main thread, real page (2026-07-open)', median(found), 'ms', 5);
  await shared.close();
}

async function extension() {
  sizes();
  const { world } = await import('../tests/e2e/harness/world.mjs');
  const { TOKEN } = await import('./demo/forge.mjs');

  process.stdout.write('\nTime, Chromium, local forge (medians)\n');
  await mainThread({ world });
  const without = await times({ world, TOKEN, token: false });
  const withToken = await times({ world, TOKEN, token: true });
  row('page start to answer: browser just started, nothing known', median(without.results.first), 'ms');
  row('page start to answer: warm worker, cold facts', median(without.results.coldFacts), 'ms');
  row('page start to answer: warm worker, warm facts', median(without.results.warm), 'ms');
  row('page start to answer: cold worker, warm facts', median(without.results.coldWorker), 'ms');
  row('page start to answer: warm worker, cold facts, token', median(withToken.results.coldFacts), 'ms');

  process.stdout.write('\nRequests\n');
  row('cold page: API calls', without.counts.cold.api, '', 4);
  row('cold page: config files and routes of the site', without.counts.cold.other, '');
  row('warm page: requests', without.counts.warm, '', 0);
  row('cold page with a token', withToken.counts.cold.api + withToken.counts.cold.other, '', 1);
  row('cold page with a token, more than 100 unreleased', withToken.counts.long, '', 2);
  row('warm page with a token', withToken.counts.warm, '', 0);
}

await main(async () => {
  const parts = process.argv.slice(2).filter((part) => !part.startsWith('-'));
  const wanted = (part) => parts.length === 0 || parts.includes(part);
  const profile = process.argv.includes('--quick') ? 'measure' : 'release';
  await setUp({ browsers: wanted('extension') ? ['chromium'] : [] });
  await build();
  if (wanted('core')) {
    await native(profile);
    await wasm();
  }
  if (wanted('extension')) await extension();
  if (sum.over > 0) say(`${sum.over} ${sum.over === 1 ? 'figure is' : 'figures are'} over budget.`);
});
