/** Which npm packages a bundle holds, and their licences. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** A file that esbuild has written. */
export type Output = Metafile['outputs'][string];

/** An npm package whose code is in a bundle, with its bytes there. */
export interface PackageInside {
  readonly name: string;
  readonly bytes: number;
}

/** The npm packages whose code is in output files, largest first. @param root the root folder of the project */
export function packagesOf(outputs: Iterable<Output>, root: string): PackageInside[] {
  const bytes = new Map<string, number>();
  for (const { inputs } of outputs) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const name = packageOf(input, root);
      if (name !== undefined) bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
    }
  }
  return [...bytes]
    .map(([name, size]) => ({ name, bytes: size }))
    .sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}

/**
 * The package of a file: `@google-cloud/pubsub` for `node_modules/@google-cloud/pubsub/build/index.js`. A
 * package inside of another one is named by its whole path.
 */
function packageOf(input: string, root: string): string | undefined {
  // The project may itself be installed below a folder `node_modules`.
  const within = input.replace(root, '');
  const found = /^(?:.*?)node_modules\/((?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(within);
  return found?.[1];
}

/** One text with the licences of packages, in the order of their names. @param root the root folder of the project */
export function licencesOf(packages: readonly PackageInside[], root: string): string {
  return packages
    .map(({ name }) => name)
    .toSorted()
    .map((name) => {
      const folder = join(root, 'node_modules', name);
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name: string;
        version: string;
        license?: string;
      };
      const texts = existsSync(folder)
        ? readdirSync(folder)
            .filter((file) => /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i.test(file))
            .sort()
            .map((file) => readFileSync(join(folder, file), 'utf8').trim())
        : [];
      return [`${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})`, ...texts].join(
        '\n\n',
      );
    })
    .join(`\n\n${'-'.repeat(80)}\n\n`)
    .concat('\n');
}
