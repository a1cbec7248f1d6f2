/** Reads the SQL files of a table's folder and puts shared parts in. */
import { existsSync, readFileSync } from 'node:fs';

export type SqlFile = 'query.sql' | 'expected.sql' | 'checks.sql';

const INCLUDE = /^[ \t]*-- @include ([a-z0-9-]+)[ \t]*$/gm;

/**
 * The text of `file` of the table `table`; undefined when the folder has no such file. A line `-- @include name` is
 * replaced by `_shared/name.sql`, which is one or more CTE definitions, each ending with a comma. A shared part may
 * include others; each appears once, where it is first needed. A part that nothing follows is a whole query, which several
 * tables share.
 * @throws Error when a shared part does not exist, or does not end with a comma although something follows
 */
export function readSql(table: string, file: SqlFile): string | undefined {
  const path = new URL(`./${table}/${file}`, import.meta.url);
  if (!existsSync(path)) return undefined;
  return expand(readFileSync(path, 'utf8'), `${table}/${file}`, new Set());
}

function expand(text: string, name: string, present: Set<string>): string {
  return text.replace(INCLUDE, (line, part: string, at: number) => {
    if (present.has(part)) return '';
    present.add(part);
    const path = new URL(`./_shared/${part}.sql`, import.meta.url);
    if (!existsSync(path)) throw new Error(`${name} includes _shared/${part}.sql, which does not exist`);
    const shared = readFileSync(path, 'utf8').trimEnd();
    const isLast = text.slice(at + line.length).trim() === '';
    if (!isLast && !shared.endsWith(',')) throw new Error(`_shared/${part}.sql must end with a comma`);
    return expand(shared, `_shared/${part}.sql`, present);
  });
}
