/**
 * Makes the documents of the archive, the names, the scopes and the acceptances again: every import and every decision of the
 * journal is repeated in its order, in a store of its own. Nothing but that store is written.
 */
import { hash } from 'node:crypto';
import type { ArchivedEntry } from '../../shared/domain/archive.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { rememberAcceptance } from '../../shared/state/acceptances.ts';
import { giveAlias } from '../../shared/state/aliases.ts';
import { archiveOf } from '../../shared/state/archives.ts';
import { writeOrigin } from '../../shared/state/origins.ts';
import { changeAlias, keepModel } from '../../shared/state/models.ts';
import { keepPersons } from '../../shared/state/players.ts';
import { giveScope } from '../../shared/state/scopes.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { archivedBytes, WHY_LOST } from '../ingest/archived-bytes.ts';
import { fileNameOf } from '../sources/payload-files.ts';
import { archivePlanned } from './archive-files.ts';
import { planImport } from './import-plan.ts';
import { readJournal, type Dated, type JournalOf } from './journal.ts';
import { isRaw } from '../../shared/domain/table.ts';

/** A file of the archive that cannot be used, and why. */
export interface LostFile {
  readonly name: string;
  readonly why: string;
}

/** A partition that a person has accepted as not being there. */
export interface AcceptedAbsence {
  readonly table: string;
  readonly dates: readonly GameDate[];
  readonly reason: string;
  readonly by: string | null;
  readonly at: string;
}

/** What the journal has told. */
export interface Replayed {
  readonly imports: number;
  readonly decisions: number;
  readonly lost: readonly LostFile[];
  /** Addresses of the files that were read and are as they were imported. */
  readonly sound: ReadonlySet<string>;
  /** Acceptances of whole partitions, which are marked in completion documents. */
  readonly absences: readonly AcceptedAbsence[];
  /** Entries that could not be repeated, each with the reason. */
  readonly notes: readonly string[];
}

interface ReplayPorts {
  readonly archive: ArchiveStore;
  readonly registry: Registry;
}

/** Repeats the journal in `scratch`, an empty store. */
export async function replayJournal(
  { archive, registry }: ReplayPorts,
  scratch: StateStore,
): Promise<Replayed> {
  const { entries, unreadable } = await readJournal(archive);
  const lost: LostFile[] = [];
  const sound = new Set<string>();
  const absences: AcceptedAbsence[] = [];
  const notes = unreadable.map((path) => `${path} is no entry of a journal and is passed over`);
  let imports = 0;
  for (const entry of entries) {
    if (entry.kind !== 'import') {
      absences.push(...(await repeatDecision(registry, scratch, entry)));
      continue;
    }
    imports += 1;
    notes.push(...(await repeatImport(archive, scratch, entry, lost, sound)));
  }
  return { imports, decisions: entries.length - imports, lost: onlyOnce(lost), sound, absences, notes };
}

/**
 * Repeats what a person has decided, as of its time.
 * @returns the partitions that it accepts as not being there
 */
export async function repeatDecision(
  registry: Registry,
  scratch: StateStore,
  entry: Exclude<Dated, { readonly kind: 'import' }>,
): Promise<AcceptedAbsence[]> {
  const ports = { store: scratch, clock: (): Date => new Date(entry.at) };
  switch (entry.kind) {
    case 'persons':
      await keepPersons(ports, entry.seasons);
      return [];
    case 'origin':
      await writeOrigin(ports, entry.origin);
      return [];
    case 'scope':
      for (const { season, meant, tables } of entry.seasons)
        await giveScope(ports, { season, meant, tables, file: entry.file, by: entry.by, at: entry.at });
      return [];
    case 'model':
      await keepModel(ports, entry.model);
      return [];
    case 'model_alias':
      await changeAlias(ports, entry.alias, entry.change);
      return [];
    case 'alias':
      await giveAlias(ports, { name: entry.name, id: entry.id, team: entry.team, season: entry.season });
      return [];
    case 'accept': {
      const lacking =
        entry.whole === undefined
          ? await archivedAmong(scratch, registry, entry)
          : entry.whole
            ? []
            : entry.dates;
      await rememberAcceptance(ports, { ...entry, dates: lacking });
      const absent = entry.dates.filter((date) => !lacking.includes(date));
      return absent.length === 0 ? [] : [{ ...entry, dates: absent }];
    }
    default:
      return entry satisfies never;
  }
}

/** Each file once. */
export function onlyOnce(lost: readonly LostFile[]): LostFile[] {
  return [...new Map(lost.map((file) => [`${file.name} ${file.why}`, file])).values()];
}

/** Archives the files of an import as it did then. @returns what could not be repeated */
async function repeatImport(
  archive: ArchiveStore,
  scratch: StateStore,
  entry: Dated<JournalOf<'import'>>,
  lost: LostFile[],
  sound: Set<string>,
): Promise<string[]> {
  const bytesOf = new Map<string, Uint8Array>();
  const uris = new Map<string, string>();
  for (const file of entry.files) {
    const found = await soundFile(archive, file);
    if (typeof found === 'string') lost.push({ name: file.name, why: found });
    else {
      // An answer of a live source is one file, whatever it has lines of.
      bytesOf.set(fileNameOf(file.name), found);
      uris.set(fileNameOf(file.name), file.uri);
      sound.add(file.uri);
    }
  }
  if (bytesOf.size === 0) return [];
  const readOnly: ArchiveStore = {
    ...archive,
    put: (name, bytes) =>
      Promise.resolve({ uri: uris.get(name) ?? '', sha256: hash('sha256', bytes, 'hex') }),
    write: () => Promise.resolve(),
  };
  const ports = { store: scratch, archive: readOnly, clock: () => new Date(entry.at) };
  try {
    const files = [...bytesOf].map(([name, bytes]) => ({ name, bytes: () => bytes }));
    const [first] = entry.files;
    const options = {
      ...{ seasons: entry.seasons ?? undefined, replace: entry.replace },
      [first?.observedKind === 'measured' ? 'observedAt' : 'learnedAt']: first?.observedAt,
    };
    await archivePlanned(ports, await planImport(ports, files, options));
    return [];
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return [`The import of ${entry.at} cannot be repeated: ${error.message}`];
  }
}

/** The bytes of an archived file, or why they cannot be used. @throws Error when the archive does not answer */
export async function soundFile(
  archive: Pick<ArchiveStore, 'get'>,
  entry: Pick<ArchivedEntry, 'uri' | 'sha256'>,
): Promise<Uint8Array | string> {
  const found = await archivedBytes(archive, entry);
  return typeof found === 'string' ? WHY_LOST[found] : found;
}

/** Those of the dates of which the archive says something: there rows were given up, elsewhere the whole partition. */
async function archivedAmong(
  scratch: StateStore,
  registry: Registry,
  { table, dates }: Pick<JournalOf<'accept'>, 'table' | 'dates'>,
): Promise<GameDate[]> {
  if (!registry.has(table) || !isRaw(registry.get(table).definition)) return [];
  const found: GameDate[] = [];
  for (const date of dates) {
    const archive = await archiveOf({ store: scratch }, table, seasonOf(date));
    if (archive !== undefined && date in archive.slices) found.push(date);
  }
  return found;
}
