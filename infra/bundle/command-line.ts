/**
 * Bundles the command line as JavaScript. Node loads a few large files sooner than hundreds of small ones, and strips no types
 * inside `node_modules`, where the package that `npm pack` makes is installed.
 */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { licencesOf, packagesOf } from './licences.ts';
import { PACKED_LOCK } from './lock.ts';
import { FOR_COMMONJS, jsonAsText, namedExports, sqlInside } from './plugins.ts';

/** Where the bundle stands in the package, from its root. */
export const COMMAND_LINE = 'dist/cli/cli.js';

/** Packages that stay outside: they have machine code, or read files of their own folder. */
const OUTSIDE = ['@duckdb/node-bindings*', 'esbuild', '@google-cloud/functions-framework'];

/**
 * Writes the bundle of `scripts/cli.ts` for the package, with the lock file of the project and the licences of all packages whose
 * code is inside.
 * @param root the root folder of the project
 * @throws Error when a module cannot be found or compiled
 */
export async function bundlePackage(root: string): Promise<void> {
  const folder = join(root, 'dist/cli');
  rmSync(folder, { recursive: true, force: true });
  const packages = await bundleCommandLine(root, folder, false);
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licencesOf(packages, root));
  copyFileSync(join(root, 'package-lock.json'), join(root, PACKED_LOCK));
}

/**
 * Writes the bundle of `scripts/cli.ts` to `folder`, as `cli.js` and parts that a command loads when it needs them.
 * @param root the root folder of the project; `folder` is inside
 * @param withMaps whether source maps stand beside them, so that `node --enable-source-maps` names our files in errors
 * @returns the packages whose code is inside
 * @throws Error when a module cannot be found or compiled
 */
export async function bundleCommandLine(
  root: string,
  folder: string,
  withMaps: boolean,
): Promise<ReturnType<typeof packagesOf>> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { cli: 'scripts/cli.ts' },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: OUTSIDE,
    chunkNames: 'part-[name]-[hash]',
    // Names of functions are not shortened, so that people can read the stacks of errors.
    minifyWhitespace: true,
    sourcemap: withMaps ? 'linked' : false,
    sourcesContent: false,
    metafile: true,
    logLevel: 'silent',
    banner: {
      js: `${FOR_COMMONJS}const __sourceUrl=(path)=>new URL(${JSON.stringify(`${relative(folder, root).replaceAll('\\', '/')}/`)}+path,import.meta.url).href;`,
    },
    plugins: [sqlInside, jsonAsText, namedExports, sourceUrls(root)],
  });
  return packagesOf(Object.values(metafile.outputs), root);
}

/** Lets `import.meta.url` be the place of the source file as before, so that files which are found beside it are found. */
const sourceUrls = (root: string): Plugin => ({
  name: 'source-urls',
  setup: (bundler) => {
    bundler.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = path.includes('node_modules') ? '' : readFileSync(path, 'utf8');
      if (!text.includes('import.meta.url')) return undefined;
      const source = relative(root, path).replaceAll('\\', '/');
      return {
        contents: text.replaceAll('import.meta.url', `__sourceUrl(${JSON.stringify(source)})`),
        loader: 'ts',
      };
    });
  },
});
