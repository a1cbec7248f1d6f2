/** Makes the bundle of the command line of a checkout in a folder: `bundle-commands.ts FOLDER`. The launcher runs it. */
import { fileURLToPath } from 'node:url';
import { bundleCommandLine } from '../infra/bundle/command-line.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('Name the folder: bundle-commands.ts FOLDER');
await bundleCommandLine(fileURLToPath(new URL('..', import.meta.url)), folder, true);
