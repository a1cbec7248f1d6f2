/** Makes the JavaScript of the package; `npm pack` runs it first. */
import { fileURLToPath } from 'node:url';
import { bundleCommandLine, COMMAND_LINE } from '../infra/bundle/command-line.ts';

await bundleCommandLine(fileURLToPath(new URL('..', import.meta.url)));
console.error(`Bundled ${COMMAND_LINE}`);
