/** The code of tables whose rows come from code, and the hash by which a change of it is noticed. */
import { existsSync, readFileSync } from 'node:fs';
import type { Compute } from '../../shared/domain/code-table.ts';
import { digest } from '../../shared/domain/hash.ts';

/** The code of one table: its `compute.ts` with every file of the house that it uses. */
export interface TableCode {
  /** Loads the code. Only a run needs it. */
  readonly load: () => Promise<Compute>;
  /** Hash of the code without types, comments and layout, and of nothing that it does not use. */
  readonly hash: string;
  /** The files that the hash was made of, from the root of the project -> hash of their text. */
  readonly files: Readonly<Record<string, string>>;
}

const root = new URL('../../', import.meta.url);

/**
 * The hash of the code of a table. Where the code runs from its sources and a file has been edited since the hash was made, it is another
 * one, so that rows of the older code are never taken for current. A bundle holds no sources; there the code is the one of the hash.
 */
export function hashOfCode({ hash, files }: Pick<TableCode, 'hash' | 'files'>): string {
  const edited = Object.entries(files).flatMap(([file, known]) => {
    const path = new URL(file, root);
    if (!existsSync(path)) return [];
    const found = digest(readFileSync(path, 'utf8'));
    return found === known ? [] : [`${file} ${found}`];
  });
  return edited.length === 0 ? hash : digest([hash, ...edited].join('\n'));
}
