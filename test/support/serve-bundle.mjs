/**
 * Serves the function of one bundle on the loopback address, as the platform does, and says on which port. It ends when
 * whoever started it closes its input. Plain JavaScript, because it runs where nothing of the project can be found.
 *
 *   serve-bundle.mjs FOLDER FUNCTION
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, name] = process.argv.slice(2);
await import(pathToFileURL(join(folder, 'index.js')).href);
const { getTestServer } = createRequire(join(folder, 'index.js'))(
  '@google-cloud/functions-framework/testing',
);
const server = getTestServer(name);
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
process.stdin.on('end', () => process.exit(0)).resume();
