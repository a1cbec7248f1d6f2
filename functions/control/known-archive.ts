/**
 * The archive, the names, the scopes and the acceptances as they were at an earlier time: the entries of the journal that were known
 * by then are repeated in a store of their own, with the functions of the import itself. Of historical files, which do not say when
 * their lines were learned, the lines are taken that counted as known (`known-lines.ts`).
 */
import { hash } from 'node:crypto';
import { RequestError } from '../../shared/domain/failure.ts';
import { gameDateOf } from '../../shared/domain/game-date.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { firstDateOf, type Season } from '../../shared/domain/season.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { copyNameAnswers, refreshAnswers } from '../../shared/state/name-answers.ts';
import { knownPlayers, registerPlayers, takeLookups } from '../../shared/state/players.ts';
import { textKnownAt } from '../ingest/known-lines.ts';
import { playersIn } from '../ingest/named-players.ts';
import { textOfSource } from '../ingest/source-content.ts';
import { sourceFileOf } from '../ingest/source-files.ts';
import { fileNameOf, payloadFileOf } from '../sources/payload-files.ts';
import { archivePlanned } from './archive-files.ts';
import { planImport } from './import-plan.ts';
import { readJournal, type Dated, type JournalOf } from './journal.ts';
import { repeatDecision, soundFile, type AcceptedAbsence } from './recover-journal.ts';
import { isRaw } from '../../shared/domain/table.ts';

/** What was known at a time. */
export interface KnownArchiveAt {
  /** The documents as they were; those of partitions are not among them. */
  readonly store: StateStore;
  /** The files as they were. */
  readonly archive: ArchiveStore;
  /** The first 16 digits of the hash of a file that was cut -> those of the archived file. */
  readonly entryIds: ReadonlyMap<string, string>;
  /** Partitions of which a person had accepted that they are not there. */
  readonly absences: readonly AcceptedAbsence[];
}

export interface KnownArchivePorts {
  readonly store: StateStore;
  readonly archive: ArchiveStore;
  readonly registry: Registry;
  /** An empty store, which is filled. */
  readonly scratch: StateStore;
}

/**
 * Makes what was known of some seasons at `at` (ISO, UTC). Of other seasons only the persons are made, who have their names and
 * teams from there.
 * @throws RequestError when an archived file is lost or an import cannot be repeated: then nobody can say what was known
 */
export async function archiveKnownAt(
  ports: KnownArchivePorts,
  at: string,
  seasons: readonly Season[],
): Promise<KnownArchiveAt> {
  const { store, registry, scratch } = ports;
  const { entries, unreadable } = await readJournal(ports.archive);
  if (unreadable.length > 0)
    throw new RequestError(
      `What was known at ${at} cannot be told: ${unreadable.join(', ')} of the archive cannot be read`,
    );
  const layered = layeredArchive(ports.archive);
  const absences: AcceptedAbsence[] = [];
  const historical = new Set(
    entries.flatMap((entry) =>
      entry.kind === 'import' && !isMeasured(entry) ? entry.files.map(({ observedAt }) => observedAt) : [],
    ),
  );
  for (const entry of entries) {
    if (entry.kind === 'import') await repeatKnown(ports, layered, entry, at, seasons);
    // A scope that came with historical files is about these files, whatever of them was known.
    else if (isNotAfter(entry.at, at) || (entry.kind === 'scope' && historical.has(entry.at)))
      absences.push(...(await repeatDecision(registry, scratch, entry)));
  }
  await takeLookups({ store: scratch }, await knownPlayers({ store }));
  const tables = registry.all.flatMap(({ definition }) => (isRaw(definition) ? [definition.name] : []));
  await copyNameAnswers(store, scratch, tables, seasons);
  await refreshAnswers({ store: scratch });
  return { store: scratch, archive: layered.archive, entryIds: layered.entryIds, absences };
}

function isNotAfter(instant: string, at: string): boolean {
  return Date.parse(instant) <= Date.parse(at);
}

/** Whether the files of an import are answers of a source that was asked at a known time. */
function isMeasured({ files }: JournalOf<'import'>): boolean {
  return files[0]?.observedKind === 'measured';
}

/** A file with what was known of it. */
interface KnownFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Repeats an import with what was known of its files. */
async function repeatKnown(
  { archive, scratch }: KnownArchivePorts,
  layered: LayeredArchive,
  entry: Dated<JournalOf<'import'>>,
  at: string,
  seasons: readonly Season[],
): Promise<void> {
  const measured = isMeasured(entry);
  if (measured && !entry.files.every(({ observedAt }) => isNotAfter(observedAt, at))) return;
  const today = gameDateOf(new Date(at));
  const wanted = entry.seasons === null ? seasons : seasons.filter((each) => entry.seasons?.includes(each));
  const files = new Map<string, KnownFile>();
  for (const file of entry.files) {
    const source = sourceFileOf(file.name);
    if (source === undefined || (!measured && firstDateOf(source.first) > today)) continue;
    const found = await soundFile(archive, file);
    if (typeof found === 'string')
      throw new RequestError(
        `What was known at ${at} cannot be told: ${file.name} is in the archive, but ${found}; import the file again`,
      );
    const known = measured ? found : bytesKnownAt(file.name, found, at);
    if (known === undefined) continue;
    const isOfSeason = wanted.some((season) => season >= source.first && season <= source.last);
    if (isOfSeason) {
      if (known === found) layered.keep(file.uri, file.sha256);
      else layered.cut(known, file.sha256);
      files.set(fileNameOf(file.name), { name: fileNameOf(file.name), bytes: known });
      continue;
    }
    const { text } = textOfSource(file.name, known);
    if (text !== undefined) await registerPlayers({ store: scratch }, playersIn(source.kind, text));
  }
  if (files.size === 0) return;
  // Files that do not say when they were learned have the time of their import, as they had it then.
  const ports = {
    store: scratch,
    archive: layered.archive,
    clock: () => new Date(entry.files[0]?.observedAt ?? entry.at),
  };
  const options = {
    ...{ seasons: wanted, replace: entry.replace },
    [measured ? 'observedAt' : 'learnedAt']: entry.files[0]?.observedAt,
  };
  try {
    const sources = [...files.values()].map(({ name, bytes }) => ({ name, bytes: () => bytes }));
    await archivePlanned(ports, await planImport(ports, sources, options));
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw new RequestError(
      `What was known at ${at} cannot be told: the import of ${entry.at} cannot be repeated: ${error.message}`,
      { cause: error },
    );
  }
}

/** The bytes of a historical file with what was known of it; the same bytes when all was, undefined when nothing was. */
function bytesKnownAt(name: string, bytes: Uint8Array, at: string): Uint8Array | undefined {
  const source = sourceFileOf(name);
  const { text } = textOfSource(name, bytes);
  if (source === undefined || text === undefined) return bytes;
  const known = textKnownAt(source.kind, text, at);
  if (known === text) return bytes;
  // Of an answer in JSON no part can be taken away: it counts as known when everything in it was.
  return known === undefined || payloadFileOf(name) !== undefined
    ? undefined
    : new TextEncoder().encode(known);
}

interface LayeredArchive {
  readonly archive: ArchiveStore;
  readonly entryIds: ReadonlyMap<string, string>;
  /** Says where an archived file is that is used as it is. */
  readonly keep: (uri: string, sha256: string) => void;
  /** Says of which archived file bytes are a part. */
  readonly cut: (bytes: Uint8Array, sha256: string) => void;
}

const ENTRY_DIGITS = 16;

/** An archive over another one, which it never writes: files that were cut are kept in memory, the rest is read from below. */
function layeredArchive(below: ArchiveStore): LayeredArchive {
  const uris = new Map<string, string>();
  const files = new Map<string, Uint8Array>();
  const beside = new Map<string, Uint8Array>();
  const entryIds = new Map<string, string>();
  const uriOf = (sha256: string): string => `known:${sha256}`;
  return {
    entryIds,
    keep: (uri, sha256) => uris.set(sha256, uri),
    cut: (bytes, original) => {
      const sha256 = hash('sha256', bytes, 'hex');
      entryIds.set(sha256.slice(0, ENTRY_DIGITS), original.slice(0, ENTRY_DIGITS));
      files.set(uriOf(sha256), bytes);
    },
    archive: {
      put: (_name, bytes) => {
        const sha256 = hash('sha256', bytes, 'hex');
        return Promise.resolve({ uri: uris.get(sha256) ?? uriOf(sha256), sha256 });
      },
      get: (uri) => {
        const found = files.get(uri);
        return found === undefined ? below.get(uri) : Promise.resolve(found);
      },
      write: (path, bytes) => {
        // What is made of a file that is used as it is lies below already.
        if ([...files.keys()].some((uri) => path.includes(uri.slice(uriOf('').length))))
          beside.set(path, bytes);
        return Promise.resolve();
      },
      read: (path) => {
        const found = beside.get(path);
        return found === undefined ? below.read(path) : Promise.resolve(found);
      },
      list: below.list,
    },
  };
}
