/** Finds the source files that a person names: files, and folders of files. */
import { lstatSync, readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { basename, join } from 'node:path';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { payloadFileOf, textNameOfPdf } from '../../functions/sources/payload-files.ts';
import { SCOPE_FILE } from '../../functions/control/scope-file.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { whyUnread } from './unread.ts';

/**
 * The files under some paths, by name. A folder stands for its .csv and .csv.gz files, the answers of live sources in it, its scope, and what is called like one of them
 * in another form, such as .csv.zip: an import tells that it does not load these. A path may be a link, and a folder may hold
 * links to files.
 * @throws RequestError for a path that is neither file nor folder, for a device, pipe or folder that is called like a file, for
 * a folder without files, and for two files of one name
 */
export function sourceFilesAt(paths: readonly string[]): SourceFile[] {
  const found = new Map<string, string>();
  for (const path of paths.flatMap(filesAt)) {
    const name = basename(path);
    const other = found.get(name);
    if (other === path) continue;
    if (other !== undefined)
      throw new RequestError(`${other} and ${path} have the same name; import them one after the other`);
    found.set(name, path);
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, path]) => ({ name, bytes: () => readFileSync(path) }));
}

/** The scope file at a path. @throws RequestError when there is no regular file */
export function scopeFileAt(path: string): SourceFile {
  refuseUnlessFile(path, statsOf(path));
  return { name: basename(path), bytes: () => readFileSync(path) };
}

const IS_TABLE = /\.csv(\.gz)?$/;

/** Whether a name is that of a CSV file, or of an answer of a live source. */
function isSource(name: string): boolean {
  return IS_TABLE.test(name) || payloadFileOf(name) !== undefined || textNameOfPdf(name) !== undefined;
}

/** A name that begins like that of a source file, or has `.csv` in it: it is told that such a file is not loaded. */
const LOOKS_LIKE_SOURCE =
  /\.csv|^(?:schedule|game_odds|player_box|team_box|shots|player_props|injury_report|rosters)_/i;

function filesAt(path: string): string[] {
  const stats = statsOf(path);
  if (!stats.isDirectory()) {
    refuseUnlessFile(path, stats);
    return [path];
  }
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  const sources = names.filter((name) => isSource(name)).map((name) => join(path, name));
  if (sources.length === 0)
    throw new RequestError(`${path} holds no .csv or .csv.gz files; see docs/import.md for the format`);
  for (const file of sources) refuseUnlessFile(file, statsOf(file));
  const others = names
    .filter((name) => !isSource(name) && !name.startsWith('.') && LOOKS_LIKE_SOURCE.test(name))
    .map((name) => join(path, name))
    .filter((file) => statsOf(file).isFile());
  const scope = names.filter((name) => name === SCOPE_FILE).map((name) => join(path, name));
  for (const file of scope) refuseUnlessFile(file, statsOf(file));
  return [...sources, ...others, ...scope];
}

function statsOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    if (isLink(path)) throw new RequestError(`${path} is a link to nothing`);
    throw unreadable(path, error);
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function unreadable(path: string, error: unknown): RequestError {
  return new RequestError(`${path} cannot be read: ${whyUnread(error)}`);
}

/** @throws RequestError for what is no regular file */
function refuseUnlessFile(path: string, stats: Stats): void {
  if (stats.isFile()) return;
  const what = stats.isDirectory()
    ? 'a folder'
    : stats.isFIFO()
      ? 'a pipe'
      : stats.isSocket()
        ? 'a socket'
        : 'a device';
  throw new RequestError(`${path} is ${what}, not a file; nothing was imported`);
}
