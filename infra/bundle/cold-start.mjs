/**
 * Measures the cold start of one bundle. It prints, in milliseconds, how long the import took, when after the
 * start of the process the function answered, and how long loading all other parts took. It is plain
 * JavaScript, so that no other code is loaded.
 *
 *   cold-start.mjs FOLDER FUNCTION
 */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, name] = process.argv.slice(2);
const started = performance.now();
await import(pathToFileURL(join(folder, 'index.js')).href);
const importMs = performance.now() - started;

const require = createRequire(join(folder, 'index.js'));
const { getTestServer } = require('@google-cloud/functions-framework/testing');
const server = getTestServer(name);
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const response = await fetch(`http://127.0.0.1:${server.address().port}/`);
await response.text();
const servesMs = performance.now();

const parts = join(folder, 'parts');
const names = existsSync(parts) ? readdirSync(parts).filter((file) => file.endsWith('.js')) : [];
const before = performance.now();
for (const part of names) await import(pathToFileURL(join(parts, part)).href);
const restMs = performance.now() - before;

console.log(JSON.stringify({ status: response.status, importMs, servesMs, restMs }));
process.exit(0);
