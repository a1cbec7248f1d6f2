/**
 * The journal beside the archived files: one entry for each import and each decision of a person. The documents of the archive,
 * the names, the scopes, the acceptances and the models can be made again from it.
 */
import * as z from 'zod';
import { parseGameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { archivedEntry } from '../../shared/state/documents.ts';
import { originSchema } from '../../shared/state/origins.ts';
import { meantSchema } from '../../shared/state/scopes.ts';
import { playersDocument } from '../../shared/state/identity-documents.ts';
import { aliasChange, modelDocument } from '../../shared/state/models.ts';
import { ALIASES } from '../../shared/domain/models.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { newestJournal, rememberNewestJournal } from '../../shared/state/newest-journal.ts';

const text = z.string();
const gameDate = z.custom<GameDate>(
  (value) => typeof value === 'string' && parseGameDate(value) !== undefined,
);

const importEntry = z.object({
  kind: z.literal('import'),
  files: z.array(archivedEntry),
  seasons: z.array(text).nullable(),
  replace: z.boolean(),
});
const scopeEntry = z.object({
  kind: z.literal('scope'),
  at: text,
  file: text,
  by: text.nullable(),
  seasons: z.array(z.object({ season: text, meant: meantSchema, tables: z.record(text, meantSchema) })),
});
const aliasEntry = z.object({
  kind: z.literal('alias'),
  name: text,
  id: z.int(),
  team: text.nullable(),
  season: text.nullable(),
});
const acceptEntry = z.object({
  kind: z.literal('accept'),
  at: text,
  table: text,
  dates: z.array(gameDate),
  reason: text,
  by: text.nullable(),
  /** Whether whole partitions were given up that were not there, and not what dates lack. Entries of earlier versions do not say it. */
  whole: z.exactOptional(z.boolean()),
  /** Date -> hash of what the archive said of it, where the entry is written again after the archive was lost. */
  contents: z.exactOptional(z.record(text, text)),
});
/** Persons as documents know them. They are told again where an archive was lost, for files that are imported later may name them otherwise. */
const personsEntry = z.object({ kind: z.literal('persons'), at: text, seasons: z.array(playersDocument) });
/** A model that was trained: its document names the archived file. */
const modelEntry = z.object({ kind: z.literal('model'), at: text, model: modelDocument });
const modelAliasEntry = z.object({
  kind: z.literal('model_alias'),
  at: text,
  alias: z.enum(ALIASES),
  change: aliasChange,
});
const originEntry = z.object({ kind: z.literal('origin'), at: text, origin: originSchema });

const entrySchema = z.discriminatedUnion('kind', [
  personsEntry,
  originEntry,
  importEntry,
  scopeEntry,
  aliasEntry,
  acceptEntry,
  modelEntry,
  modelAliasEntry,
]);
export type JournalEntry = z.infer<typeof entrySchema>;
export type JournalOf<Kind extends JournalEntry['kind']> = Extract<JournalEntry, { kind: Kind }>;

/** Entries of one instant are told in this order: an import may give a scope, too. Persons are told before everything else. */
const ORDER: readonly JournalEntry['kind'][] = [
  'persons',
  'origin',
  'import',
  'scope',
  'alias',
  'accept',
  'model',
  'model_alias',
];

/** An entry with the instant at which it was written (ISO, UTC). */
export type Dated<Entry = JournalEntry> = Entry & { readonly at: string };

/**
 * Writes an entry, and then into the documents that it is there: an archive without it is older than they are. The same entry
 * written again takes its own place.
 * @param name of the file in the journal, without `.json`
 */
export async function writeJournal(
  { archive, store }: { readonly archive: Pick<ArchiveStore, 'write'> } & Pick<Ports, 'store'>,
  name: string,
  entry: JournalEntry,
): Promise<void> {
  const path = `journal/${name.replaceAll(':', '-')}.json`;
  await archive.write(path, new TextEncoder().encode(`${JSON.stringify(entry, null, 1)}\n`));
  await rememberNewestJournal({ store }, path);
}

/** Whether the archive lacks the newest entry that the documents know: it is a copy from before. @throws Error when a store does not answer */
export async function lacksNewestEntry({
  archive,
  store,
}: { readonly archive: Pick<ArchiveStore, 'read'> } & Pick<Ports, 'store'>): Promise<boolean> {
  const path = await newestJournal({ store });
  return path !== undefined && (await archive.read(path)) === undefined;
}

/** Takes the journal for whole as it is now, after what it lacked has been told; the documents may know of no entry. */
export async function acceptJournal({
  archive,
  store,
}: { readonly archive: Pick<ArchiveStore, 'list' | 'read'> } & Pick<Ports, 'store'>): Promise<void> {
  const isKnown = (await newestJournal({ store })) !== undefined;
  if (!isKnown || (await lacksNewestEntry({ archive, store })))
    await rememberNewestJournal({ store }, (await archive.list('journal')).at(-1));
}

/** The entries in the order in which they were written, and the files of the journal that hold none. */
export async function readJournal(
  archive: Pick<ArchiveStore, 'list' | 'read'>,
): Promise<{ readonly entries: readonly Dated[]; readonly unreadable: readonly string[] }> {
  const entries: Dated[] = [];
  const unreadable: string[] = [];
  for (const path of await archive.list('journal')) {
    const entry = entryIn(await archive.read(path));
    const at = entry === undefined ? undefined : instantOf(entry, path);
    if (entry === undefined || at === undefined) unreadable.push(path);
    else entries.push({ ...entry, at });
  }
  entries.sort((a, b) => {
    const [first, second] = [a.kind === 'persons', b.kind === 'persons'];
    if (first !== second) return first ? -1 : 1;
    if (a.at === b.at) return ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind);
    return a.at < b.at ? -1 : 1;
  });
  return { entries, unreadable };
}

function entryIn(bytes: Uint8Array | undefined): JournalEntry | undefined {
  try {
    return entrySchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

function instantOf(entry: JournalEntry, path: string): string | undefined {
  if ('at' in entry) return entry.at;
  const named = /^journal\/(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-([\d.]+Z)/.exec(path)?.slice(1).join(':');
  return named ?? (entry.kind === 'import' ? entry.files[0]?.observedAt : undefined);
}
