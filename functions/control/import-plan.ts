/** Looks at source files and says what archiving them would change. Nothing is written. */
import { hash } from 'node:crypto';
import {
  changedDates,
  entryKey,
  leftGames,
  playedGames,
  withImport,
  type Archive,
  type ArchivedEntry,
  type ArchivedImport,
  type Slice,
} from '../../shared/domain/archive.ts';
import { counted } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { SCHEDULE_KINDS, type FileKind } from '../../shared/domain/file-kinds.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isStandInId } from '../../shared/domain/game-id.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { archiveOf, archivesOf } from '../../shared/state/archives.ts';
import { sliceFile, type SlicedFile } from '../ingest/file-slices.ts';
import type { NamedPerson } from '../../shared/state/players.ts';
import { withGamesOnOneDate } from '../ingest/moved-games.ts';
import { playersIn } from '../ingest/named-players.ts';
import { textOfSource } from '../ingest/source-content.ts';
import { sourceFileOf, sourceOfFile, subjectColumn } from '../ingest/source-files.ts';
import { sourceFilesOf, type TableSources } from '../ingest/source-folder.ts';
import { fileNameOf } from '../sources/payload-files.ts';
import { RAW_LOADS } from '../processors/loads.ts';
import { guardOf, heldBy, leftBy, refuseLostScores } from './guarded-games.ts';
import {
  datesLookedAgain,
  planScopes,
  readScope,
  type LookedAgain,
  type PlannedScope,
  type ScopeSource,
} from './import-scopes.ts';
import { listText } from './list-text.ts';
import { SCOPE_FILE } from './scope-file.ts';

export interface SourceFile {
  readonly name: string;
  readonly bytes: () => Uint8Array;
}

export interface ArchiveOptions {
  /** Only these seasons; by default all that the files have. */
  readonly seasons?: readonly Season[] | undefined;
  /** Files of the same kinds that are archived for these seasons are replaced, also where the new ones say nothing. */
  readonly replace?: boolean | undefined;
  /** What the files mean to hold; by default what a `scope.json` among them says. */
  readonly scope?: ScopeSource | undefined;
  /** Who gives the scope that lies among the files; by default nobody who is named. */
  readonly by?: string | undefined;
  /** When a source was asked (ISO, UTC); by default the files are historical. */
  readonly observedAt?: string | undefined;
  /** When historical files were learned (ISO, UTC); by default now. */
  readonly learnedAt?: string | undefined;
}

/** A file that was looked at and is sound. */
export interface CheckedFile extends SlicedFile {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly kind: string;
  readonly players: readonly NamedPerson[];
}

/** What the files say of one table and season. */
export interface PlannedSource extends TableSources {
  readonly before: Archive | undefined;
  /** What is about to be remembered. The entries have no address yet. */
  readonly incoming: ArchivedImport;
  readonly after: Archive;
  /** Dates of which the archive is going to say something else, ascending. */
  readonly dates: readonly GameDate[];
}

export interface ImportPlan {
  readonly options: ArchiveOptions;
  /** When the files were looked at (ISO, UTC). */
  readonly observedAt: string;
  readonly files: ReadonlyMap<string, CheckedFile>;
  /** By season, ascending; within a season in loading order. */
  readonly sources: readonly PlannedSource[];
  /** The scopes that are about to be given, by season; empty when the files say nothing of what they mean to hold. */
  readonly scopes: readonly PlannedScope[];
  readonly lookedAgain: readonly LookedAgain[];
  /** One line for each file that fills no table, and for each schedule that is not whole. */
  readonly notes: readonly string[];
  /** One line for each game that was played, that the files do not have, and whose rows stay for now. */
  readonly held: readonly string[];
  /** One line for each table and season of which games are dropped: older files had them, and no file has them any more. */
  readonly dropped: readonly string[];
}

interface PlanningPorts {
  readonly store: StateStore;
  readonly clock: Clock;
}

/**
 * Looks at every file: a damaged one stops the import before anything is written.
 * @throws RequestError when no file fills a table, or one of them is damaged, lacks columns or takes many final scores away, or a
 * scope is none
 */
export async function planImport(
  ports: PlanningPorts,
  files: readonly SourceFile[],
  options: ArchiveOptions = {},
): Promise<ImportPlan> {
  const { seasons, replace = false } = options;
  const beside = files.find(({ name }) => name === SCOPE_FILE);
  const byName = new Map(files.filter((file) => file !== beside).map((file) => [file.name, file]));
  const { sources, ignored } = sourceFilesOf([...byName.keys()], RAW_LOADS, seasons);
  if (sources.length === 0) {
    throw new RequestError(
      `None of ${counted(byName.size, 'file')} fills a raw table${seasons === undefined ? '' : ` for ${seasons.join(', ')}`}; see docs/import.md for the names`,
    );
  }
  const given = options.scope ?? (beside === undefined ? undefined : { ...beside, by: options.by ?? null });
  const scope = given === undefined ? undefined : readScope(given);
  const checked = new Map<string, CheckedFile>();
  for (const name of new Set(sources.flatMap(({ files: names }) => names)))
    checked.set(name, check(name, byName.get(fileNameOf(name))?.bytes() ?? new Uint8Array()));
  const observedAt = options.observedAt ?? options.learnedAt ?? ports.clock().toISOString();
  const played = new Map<Season, PlayedGames>();
  for (const season of new Set(sources.map((source) => source.season)))
    played.set(season, await playedIn(ports, season, checked));
  const planned: PlannedSource[] = [];
  for (const source of sources) {
    const before = await archiveOf(ports, source.table, source.season);
    const incoming = importOf(
      source,
      before,
      checked,
      { observedAt, observedKind: options.observedAt === undefined ? 'assumed' : 'measured' },
      replace ? undefined : played.get(source.season),
    );
    const after = withImport(before, source, incoming);
    planned.push({ ...source, before, incoming, after, dates: changedDates(before, after) });
  }
  if (!replace) refuseLostScores(planned);
  const found = [...new Set(sources.map(({ season }) => season))];
  const scopes = scope === undefined ? [] : await planScopes(ports, scope, found, seasons);
  return {
    options,
    observedAt,
    files: checked,
    sources: planned,
    scopes,
    lookedAgain: await datesLookedAgain(ports, planned, scopes),
    notes: [
      ...(options.scope !== undefined && beside !== undefined
        ? [`${beside.name} beside the files is not used: ${options.scope.name} was given with --scope`]
        : []),
      ...ignored.map(({ file, reason }) => `${file} is not loaded: ${reason}`),
      ...(replace ? [] : partialSchedules(planned, played, checked)),
      ...leftBy(planned),
    ],
    held: heldBy(planned, observedAt),
    dropped: planned.flatMap(droppedFrom),
  };
}

/** What older files said of a table and season and no file says after the import. */
function droppedFrom({ table, season, before, after }: PlannedSource): string[] {
  const [was, is] = [before, after].map(
    (archive) =>
      new Set(
        Object.values(archive?.slices ?? {}).flatMap((ofDate) => ofDate.flatMap(({ subjects }) => subjects)),
      ),
  );
  // A stand-in of an id goes when the game has its id.
  const gone = [...(was ?? [])].filter((subject) => is?.has(subject) !== true && !isStandInId(subject));
  if (gone.length === 0) return [];
  const what = gone.every((subject) => /^\d/.test(subject)) ? 'games' : 'teams';
  return [
    `${table} of ${season} loses ${gone.length} ${what} that only older files have (${listText(gone, 3)})`,
  ];
}

function check(name: string, bytes: Uint8Array): CheckedFile {
  const refused = (fault: string): RequestError =>
    new RequestError(`${name} ${fault}; nothing was imported. Get the file again, then repeat the import`);
  const file = sourceFileOf(name);
  if (file === undefined) throw refused('is not called like a source file');
  const { text, fault } = textOfSource(name, bytes);
  if (fault !== undefined) throw refused(fault);
  const sliced = sliceFile(file, text, RAW_LOADS);
  if ('fault' in sliced) throw refused(sliced.fault);
  return {
    ...sliced,
    bytes,
    sha256: hash('sha256', bytes, 'hex'),
    kind: file.kind,
    players: playersIn(file.kind, text),
  };
}

/**
 * What the files of one table and season say, as the archive takes it.
 * @param played the games that the files may not take away by their word alone; undefined when they replace all older ones
 */
function importOf(
  { season, files }: TableSources,
  before: Archive | undefined,
  checked: ReadonlyMap<string, CheckedFile>,
  observed: Pick<ArchivedEntry, 'observedAt' | 'observedKind'>,
  played: PlayedGames | undefined,
): ArchivedImport {
  const entries: Record<string, ArchivedEntry> = {};
  const slices = new Map<GameDate, Slice[]>();
  for (const name of files) {
    const file = checked.get(name);
    if (file === undefined) continue;
    const entry = {
      ...{ name, kind: file.kind, uri: '', sha256: file.sha256 },
      ...{ source: sourceOfFile(name), ...observed },
    };
    const key = entryKey(entry);
    entries[key] = entry;
    for (const [date, slice] of file.seasons.get(season) ?? [])
      slices.set(date, [...(slices.get(date) ?? []), { ...slice, entry: key }]);
  }
  const kinds = [...new Set(Object.values(entries).map(({ kind }) => kind))];
  const speaking = SCHEDULE_KINDS.filter(
    (kind) => played !== undefined && lackingGames(kind, season, files, checked, played)?.length === 0,
  );
  const whole = played === undefined ? kinds : speaking;
  // A whole schedule of the league has every game by its own id: what others have said of the games stands no more.
  const wholeSeason = whole.includes('schedule') ? [...new Set([...whole, ...SCHEDULE_KINDS])] : whole;
  const said = { entries, slices: withGamesOnOneDate(slices) };
  return {
    ...said,
    ...(played === undefined ? {} : { guard: guardOf(said, before, played.boxScores, played.rowsOn) }),
    wholeSeason,
    movable: kinds.filter((kind) => subjectColumn(kind as FileKind) === 'game_id'),
  };
}

/**
 * The games known to have been played that the schedules of one kind among the files lack, of those with ids of that kind; undefined
 * when no file is one.
 */
function lackingGames(
  kind: FileKind,
  season: Season,
  files: readonly string[],
  checked: ReadonlyMap<string, CheckedFile>,
  { boxScores, finals, left }: PlayedGames,
): readonly string[] | undefined {
  const scheduled = new Set<string>();
  for (const name of files) {
    const file = checked.get(name);
    if (file?.kind !== kind) continue;
    for (const { subjects } of file.seasons.get(season)?.values() ?? [])
      for (const game of subjects) scheduled.add(game);
  }
  if (scheduled.size === 0) return undefined;
  const hasStandIns = kind === 'named_schedule';
  return [...new Set([...finals, ...boxScores])].filter(
    (game) => isStandInId(game) === hasStandIns && !scheduled.has(game) && !left.has(game),
  );
}

/** The games of a season that are known to have been played, by what tells it, and those that have left the schedule since. */
interface PlayedGames {
  readonly finals: readonly string[];
  readonly boxScores: readonly string[];
  readonly left: ReadonlySet<string>;
  /** The dates on which box scores have each game, those of the import included. */
  readonly rowsOn: ReadonlyMap<string, readonly GameDate[]>;
}

async function playedIn(
  ports: PlanningPorts,
  season: Season,
  checked: ReadonlyMap<string, CheckedFile>,
): Promise<PlayedGames> {
  const loadsOf = (what: 'calendar' | 'box_scores') =>
    RAW_LOADS.all.filter(({ definition: { tells } }) => tells === what);
  const [schedules = [], boxes = []] = await Promise.all(
    (['calendar', 'box_scores'] as const).map((what) =>
      archivesOf(
        ports,
        loadsOf(what).map(({ definition: { name } }) => name),
        season,
      ),
    ),
  );
  const boxKinds = loadsOf('box_scores').flatMap(({ layouts }) => Object.keys(layouts));
  const files = [...checked.values()].filter(({ kind }) => boxKinds.includes(kind));
  return {
    rowsOn: new Map([
      ...datesOfGames(boxes.flatMap((archive) => Object.entries(archive?.slices ?? {}))),
      ...datesOfGames(
        files.flatMap((file) =>
          [...(file.seasons.get(season) ?? [])].map(([date, slice]) => [date, [slice]]),
        ),
      ),
    ]),
    finals: schedules.flatMap((archive) => playedGames(archive, 'schedule')),
    boxScores: boxes.flatMap((archive) => playedGames(archive, 'box_scores')),
    left: new Set(schedules.flatMap(leftGames)),
  };
}

function datesOfGames(
  slices: readonly (readonly [string, readonly Pick<Slice, 'subjects'>[]])[],
): Map<string, GameDate[]> {
  const dates = new Map<string, GameDate[]>();
  for (const [date, ofDate] of slices)
    for (const { subjects } of ofDate)
      for (const game of subjects) dates.set(game, [...(dates.get(game) ?? []), date as GameDate]);
  return dates;
}

/** For each season of whose schedule the files lack played games that nothing else is said of, what this means. */
function partialSchedules(
  planned: readonly PlannedSource[],
  played: ReadonlyMap<Season, PlayedGames>,
  checked: ReadonlyMap<string, CheckedFile>,
): string[] {
  const notes = new Set<string>();
  for (const { season, files, after } of planned) {
    const known = played.get(season);
    const told = new Set((after.leaving ?? []).map(({ game }) => game));
    for (const kind of SCHEDULE_KINDS) {
      const schedules = files.filter((name) => checked.get(name)?.kind === kind);
      const all = known === undefined ? [] : (lackingGames(kind, season, schedules, checked, known) ?? []);
      const lacking = all.filter((game) => !told.has(game)).length;
      if (lacking > 0)
        notes.add(
          `${schedules.join(', ')} lacks ${lacking} ${lacking === 1 ? 'game' : 'games'} of ${season} that ${lacking === 1 ? 'was' : 'were'} played: it adds and corrects only; --replace drops them`,
        );
    }
  }
  return [...notes];
}
