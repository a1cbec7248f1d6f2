/** Bundles the command line as JavaScript, for the package that `npm pack` makes: Node strips no types inside `node_modules`. */
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { sqlInside } from './bundle.ts';
import { PACKED_LOCK } from './lock.ts';

/** Where the bundle stands in the package, from its root. It is as deep as the sources whose place it takes. */
export const COMMAND_LINE = 'dist/cli/cli.js';

/**
 * Writes the bundle of `scripts/cli.ts` below `root`. The packages that it uses stay outside; an installation brings them.
 * @throws Error when a module cannot be found or compiled
 */
export async function bundleCommandLine(root: string): Promise<void> {
  const folder = join(root, 'dist/cli');
  rmSync(folder, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: { cli: 'scripts/cli.ts' },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    chunkNames: 'part-[name]-[hash]',
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'error',
    plugins: [sqlInside],
  });
  copyFileSync(join(root, 'package-lock.json'), join(root, PACKED_LOCK));
}
