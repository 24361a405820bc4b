// The icons: extension/icons/icon.svg as the PNG files the manifest names.

import { existsSync, readFileSync } from 'node:fs';

/** Adds every `icons/NAME-SIZE.png` or `icons/SIZE.png` of a manifest that is not there, drawn from the SVG. */
export async function draw(manifest, source, files) {
  const wanted = new Set(
    [...Object.values(manifest.icons ?? {}), ...Object.values(manifest.action?.default_icon ?? {})].filter((path) =>
      String(path).endsWith('.png'),
    ),
  );
  const svg = `${source}/icons/icon.svg`;
  const missing = [...wanted].filter((path) => !files.has(path));
  if (missing.length === 0 || !existsSync(svg)) return;
  const { Resvg } = await import('@resvg/resvg-js');
  const drawing = readFileSync(svg, 'utf8');
  for (const path of missing) {
    const size = Number(/(\d+)\.png$/.exec(path)?.[1] ?? 128);
    // No fonts of the machine: the same picture everywhere.
    const options = { fitTo: { mode: 'width', value: size }, font: { loadSystemFonts: false } };
    files.set(path, new Resvg(drawing, options).render().asPng());
  }
}
