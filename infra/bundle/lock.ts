/** Makes a lock file for one package, from the lock file of the project. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  readonly version: string;
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The copy of the lock file in the package that `npm pack` makes: npm leaves the one at the root out. */
export const PACKED_LOCK = 'dist/cli/package-lock.json';

function lockFile(root: string): string {
  const own = join(root, 'package-lock.json');
  return existsSync(own) ? own : join(root, PACKED_LOCK);
}

/**
 * The lock file of a package `name` that depends only on `dependency`. Versions and hashes are those of the
 * project.
 * @param root the root folder of the project
 * @throws Error when the project's lock file lacks a package
 */
export function lockOf(name: string, dependency: string, root: string): string {
  const { packages } = JSON.parse(readFileSync(lockFile(root), 'utf8')) as {
    packages: Readonly<Record<string, Locked>>;
  };
  const found = new Map<string, Locked>();
  const follow = (wanted: string, from: string, isOptional: boolean): void => {
    const path = placeOf(wanted, from, packages);
    const locked = path === undefined ? undefined : packages[path];
    if (path === undefined || locked === undefined) {
      if (isOptional) return;
      throw new Error(`The lock file has no ${wanted} for ${from === '' ? name : from}`);
    }
    if (found.has(path)) return;
    const { dev: _, ...kept } = locked;
    found.set(path, kept);
    for (const each of Object.keys(locked.dependencies ?? {})) follow(each, path, false);
    for (const each of Object.keys(locked.optionalDependencies ?? {})) follow(each, path, true);
  };
  follow(dependency, '', false);
  const version = packages[`node_modules/${dependency}`]?.version ?? '';
  const lock = {
    name,
    version: '0.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name, version: '0.0.0', dependencies: { [dependency]: version }, engines: { node: '24.x' } },
      ...Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
  return `${JSON.stringify(lock, null, 2)}\n`;
}

/** The path of the package `wanted` that Node finds from the package at `from`. */
function placeOf(
  wanted: string,
  from: string,
  packages: Readonly<Record<string, Locked>>,
): string | undefined {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('node_modules/') - 1))) {
    const path = `${base === '' ? '' : `${base}/`}node_modules/${wanted}`;
    if (path in packages) return path;
    if (base === '') return undefined;
  }
}
