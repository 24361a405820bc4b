// npm run package: the two store zips and the source zip, the same bytes for the same content.

import { readFileSync } from 'node:fs';
import { build } from './build.mjs';
import { list, put } from './lib/files.mjs';
import { invoked, main, ROOT, run, say } from './lib/run.mjs';
import { setUp } from './setup.mjs';

/** The first moment a zip can name, on every machine's clock: what is zipped has no other. */
const MOMENT = new Date(1980, 0, 1);

async function zip(files) {
  const { zipSync } = await import('fflate');
  const entries = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, content]) => [path, [content, { mtime: MOMENT, level: 9, os: 3 }]]);
  return zipSync(Object.fromEntries(entries));
}

/** The zips, name → bytes. */
export async function zips() {
  const made = new Map();
  for (const browser of ['chrome', 'firefox']) {
    const directory = `${ROOT}dist/${browser}`;
    made.set(`squashcast-${browser}.zip`, await zip(new Map(list(directory).map((path) => [path, readFileSync(`${directory}/${path}`)]))));
  }
  // What reviewers of a store build from: the files under version control, as they stand.
  const { stdout } = await run('git', ['ls-files', '-z']);
  const sources = stdout.split('\0').filter(Boolean);
  made.set('squashcast-source.zip', await zip(new Map(sources.map((path) => [path, readFileSync(ROOT + path)]))));
  return made;
}

if (invoked(import.meta.url)) {
  await main(async () => {
    await setUp();
    await build();
    for (const [name, bytes] of await zips()) {
      put(`${ROOT}dist/${name}`, bytes);
      say(`dist/${name}: ${(bytes.length / 1000).toFixed(1)} KB`);
    }
  });
}
