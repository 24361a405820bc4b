// npm run build: the core to Wasm, the extension to dist/chrome and dist/firefox, the playground to dist/www.

import { invoked, main, say } from './lib/run.mjs';
import { setUp } from './setup.mjs';

/** Builds everything; what did not change is not built again. `made` is told the name of each Wasm module that is ready. */
export async function build(made) {
  const { wasm, wire } = await import('./lib/wasm.mjs');
  await Promise.all([wasm(made), wire()]);
  await bundles();
}

/** Lays the modules, the scripts and the pages together. */
export async function bundles() {
  const { extension, playground } = await import('./lib/bundle.mjs');
  await Promise.all([extension('chrome'), extension('firefox'), playground()]);
}

if (invoked(import.meta.url)) {
  await main(async () => {
    await setUp();
    await build();
    say('built dist/chrome, dist/firefox (both loadable unpacked) and dist/www.');
  });
}
