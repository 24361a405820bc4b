// Files: listing them in one order on every machine, and writing only what changed.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The paths of all files under a directory, relative, with slashes, sorted by code unit. */
export function list(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true })
    .map(String)
    .filter((path) => statSync(join(directory, path)).isFile())
    .map((path) => path.replaceAll('\\', '/'))
    .sort((a, b) => (a < b ? -1 : 1));
}

/** The SHA-256 of texts and buffers, in hexadecimal. */
export function hash(...parts) {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part).update('\0');
  return digest.digest('hex');
}

/** Writes a file where its content differs, with the directories above it. */
export function put(path, content) {
  const bytes = Buffer.from(content);
  if (existsSync(path) && readFileSync(path).equals(bytes)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/** Makes a directory hold exactly these files (path → content). */
export function mirror(directory, files) {
  for (const path of list(directory)) if (!files.has(path)) rmSync(join(directory, path));
  for (const [path, content] of files) put(join(directory, path), content);
}

/** Does the work only where the stamp beside its outcome does not say that these inputs were worked on before. */
export async function once(stamp, key, outcomes, work) {
  const done = existsSync(stamp) && readFileSync(stamp, 'utf8') === key && outcomes.every((path) => existsSync(path));
  if (done) return;
  rmSync(stamp, { force: true });
  await work();
  put(stamp, key);
}
