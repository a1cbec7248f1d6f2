/** Makes the JavaScript of the package; `npm pack` runs it first. */
import { fileURLToPath } from 'node:url';
import { bundlePackage, COMMAND_LINE } from '../infra/bundle/command-line.ts';

await bundlePackage(fileURLToPath(new URL('..', import.meta.url)));
console.error(`Bundled ${COMMAND_LINE}`);
