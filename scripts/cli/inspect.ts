/** `status`, `coverage`, `restatements`, `query`, `dead-letters`: look, without touching. */
import { documentsOnly, type Client } from '../../functions/targets/client.ts';
import { coverageOf } from '../../shared/domain/coverage.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import { exclusion, stateOf } from '../../shared/domain/view.ts';
import { parseGameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { isInFlight, refName } from '../../shared/domain/partition.ts';
import { reachOf } from '../../shared/domain/reach.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { PHASES, type Phase } from '../../shared/domain/table.ts';
import { windowText } from '../../shared/domain/window-text.ts';
import { isFinished, listBackfills } from '../../shared/state/backfills.ts';
import { completionsOn } from '../../shared/state/completions.ts';
import { deadLetterOf, deadLetters, markReplayed } from '../../shared/state/dead-letters.ts';
import type { CompletionDocument, DeadLetterDocument } from '../../shared/state/documents.ts';
import { loadReports } from '../../shared/state/load-reports.ts';
import { runOf } from '../../shared/state/runs.ts';
import { knownSeasons, loadView } from '../../shared/state/views.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { completionText, coverageText, datesText, grouped, share, statusText, table } from './render.ts';

/** @throws RequestError when `text` is no calendar date */
export function dateOption(name: string, text: string | undefined): GameDate {
  const date = text === undefined ? undefined : parseGameDate(text);
  if (date === undefined)
    throw new RequestError(
      `${name} must be a date in the form YYYY-MM-DD${text === undefined ? '' : `, not "${text}"`}`,
    );
  return date;
}

export interface StatusFlags {
  readonly date?: string;
  readonly why?: string;
}

export interface RangeFlags {
  readonly start?: string;
  readonly end?: string;
  readonly through?: string;
  readonly tables?: string;
}

/** The completion documents of one date, with what is being computed right now marked `running`. */
export async function completionsOf(
  client: Pick<Client, 'store'>,
  date: GameDate,
): Promise<CompletionDocument[]> {
  const documents: CompletionDocument[] = [];
  for (const document of await completionsOn(client, date)) {
    const tables: Record<string, CompletionDocument['tables'][string]> = { ...document.tables };
    for (const [name, state] of Object.entries(document.tables)) {
      if (!isInFlight(state)) continue;
      const run = await runOf(client, state.runId);
      if (run?.state === 'running') tables[name] = { ...state, status: 'running' };
    }
    documents.push({ ...document, tables });
  }
  return documents;
}

export async function statusCommand(
  client: Client,
  flags: StatusFlags,
  options: GlobalOptions,
): Promise<number> {
  if (flags.date === undefined) {
    if (flags.why !== undefined) throw new RequestError('--why needs --date');
    return overview(client, options);
  }
  const date = dateOption('--date', flags.date);
  if (flags.why !== undefined) return why(client, date, flags.why, options);
  const documents = await completionsOf(client, date);
  const phases = Object.fromEntries(documents.map(({ phase, tables }) => [phase, { tables }]));
  answer(options, { date, phases }, () =>
    documents.length === 0 ? `Nothing is recorded for ${date}` : `${date}\n\n${completionText(documents)}`,
  );
  return EXIT.done;
}

async function overview(client: Client, options: GlobalOptions): Promise<number> {
  const seasons = await knownSeasons(portsOf(client));
  const view = await loadView(portsOf(client), client.registry, seasons, { gameHashes: false });
  const backfills = await listBackfills(client.store);
  const active = backfills
    .filter((backfill) => !isFinished(backfill))
    .map(({ id, state, updatedAt }) => ({ id, state, updatedAt }));
  const unreplayed = (await deadLetters(client)).filter(({ replayedAt }) => replayedAt === null).length;
  const waiting = client.backlog();
  const backlog = waiting === undefined ? null : Object.fromEntries(waiting);
  const ofSeasons = [...view.seasons.values()].map(({ calendar }) => ({
    season: calendar.season,
    openingNight: calendar.openingNight,
    gameDates: calendar.dates.length,
    games: Object.values(calendar.games).reduce((sum, { games }) => sum + games, 0),
  }));
  answer(
    options,
    {
      home: client.config.home,
      seasons: ofSeasons,
      backfills: { total: backfills.length, active },
      backlog,
      deadLetters: unreplayed,
    },
    () => {
      if (ofSeasons.length === 0)
        return `Nothing is loaded in ${client.config.home}. Begin with: fullcourt simulate --seasons 1 --seed 1, or fullcourt import --from DIR`;
      return [
        table(
          ['season', 'opening night', 'game dates', 'games'],
          ofSeasons.map((each) => [each.season, each.openingNight, each.gameDates, each.games]),
        ),
        '',
        `${backfills.length} backfills, ${active.length} active${active.map(({ id, state }) => `, ${id} ${statusText(state)}`).join('')}`,
        `${backlog === null ? '' : `${Object.values(backlog).reduce((sum, n) => sum + n, 0)} messages waiting, `}${unreplayed} dead letters`,
      ].join('\n');
    },
  );
  return EXIT.done;
}

/** Why a partition is as it is, from the same decision that would build it, and what its last run read. */
async function why(client: Client, date: GameDate, name: string, options: GlobalOptions): Promise<number> {
  if (!client.registry.has(name)) throw new RequestError(`There is no table ${name}`);
  const registered = client.registry.get(name);
  const view = await loadView(portsOf(client), client.registry, [seasonOf(date)]);
  const state = stateOf(view, name, date);
  const reason = exclusion(view, registered, date);
  const evaluation = evaluate(view);
  const { pending, lost } = evaluation.unmet(registered, date);
  const isMet = pending.length + lost.length === 0;
  const current = isMet && reason === undefined && evaluation.isCurrent(registered, date);
  const run = state?.runId == null ? undefined : await runOf(client, state.runId);
  const explanation =
    reason !== undefined
      ? `left out: ${reason}`
      : pending.length > 0
        ? `waits for ${datesText(pending.map(refName))}, which is being built`
        : lost.length > 0
          ? `blocked: ${datesText(lost.map(refName))} is not there and nobody is building it`
          : current
            ? 'up to date: built from exactly these inputs and this code'
            : state?.outputFingerprint == null
              ? 'ready to be built; nobody has asked for it'
              : 'stale: its inputs or its code have changed since it was built';
  const document = {
    date,
    table: name,
    explanation,
    state: state ?? null,
    waitingFor: [...pending, ...lost].slice(0, 50).map(refName),
    lastRun:
      run === undefined
        ? null
        : {
            runId: run.runId,
            attempt: run.attempt,
            startedAt: run.startedAt,
            finishedAt: run.finishedAt,
            manifest: run.manifest,
            lastError: run.lastError,
          },
    inputs: registered.definition.inputs.map((input) => ({
      table: input.table,
      window: windowText(input.window),
      required: input.required,
    })),
  };
  answer(options, document, () =>
    [
      `${refName({ table: name, date })}: ${explanation}`,
      '',
      table(
        ['reads', 'window', ''],
        document.inputs.map((input) => [input.table, input.window, input.required ? 'required' : 'optional']),
      ),
    ].join('\n'),
  );
  return EXIT.done;
}

/** Reading documents needs no warehouse: a command may look while another process works. */
function portsOf(client: Client): Ports {
  return documentsOnly(client).ports;
}

export interface CoverageFlags {
  readonly start?: string;
  readonly end?: string;
  readonly by?: string;
  readonly missing?: boolean;
  readonly csv?: boolean;
}

/** Coverage of every computed table from `start` to `end`. */
export async function coverageDocument(client: Client, start: GameDate, end: GameDate) {
  const seasons = (await knownSeasons(portsOf(client))).filter(
    (season) => season >= seasonOf(start) && season <= seasonOf(end),
  );
  const view = await loadView(portsOf(client), client.registry, seasons, { gameHashes: false });
  const dates = [...view.seasons.values()]
    .flatMap(({ calendar }) => calendar.dates)
    .filter((date) => date >= start && date <= end);
  const tables = client.registry.all
    .filter(({ definition }) => definition.kind === 'computed')
    .map((each) => coverageOf(view, each, dates));
  return { view, dates, document: { unit: 'dates', start, end, tables } };
}

export async function coverageCommand(
  client: Client,
  flags: CoverageFlags,
  options: GlobalOptions,
): Promise<number> {
  const start = dateOption('--start', flags.start);
  const end = dateOption('--end', flags.end);
  if (end < start) throw new RequestError(`--end ${end} is before --start ${start}`);
  const { view, dates, document } = await coverageDocument(client, start, end);
  if (flags.missing === true) {
    const missing = document.tables.flatMap((each) =>
      each.missing.map((date) => ({ table: each.table, date })),
    );
    const csv = () => ['table,date', ...missing.map((each) => `${each.table},${each.date}`)].join('\n');
    const text = () =>
      missing.length === 0
        ? 'Nothing is missing'
        : table(
            ['table', 'date'],
            missing.map((each) => [each.table, each.date]),
          );
    answer(options, { unit: 'dates', start, end, missing }, flags.csv === true ? csv : text);
    return missing.length === 0 ? EXIT.done : EXIT.failed;
  }
  if (flags.by === undefined) {
    answer(options, document, () =>
      dates.length === 0
        ? `No game dates are known from ${start} to ${end}`
        : coverageText(document.tables, start, end),
    );
    return EXIT.done;
  }
  const groupOf = groupings[flags.by];
  if (groupOf === undefined) throw new RequestError('--by must be date, week or season');
  const groups = [...Map.groupBy(dates, groupOf)].map(([group, ofGroup]) => ({
    group,
    tables: client.registry.all
      .filter(({ definition }) => definition.kind === 'computed')
      .map((each) => coverageOf(view, each, ofGroup)),
  }));
  answer(options, { ...document, by: flags.by, groups }, () =>
    [
      `Coverage in game dates (present / expected), ${start} to ${end}`,
      '',
      table(
        [flags.by ?? '', ...document.tables.map(({ table: name }) => initialsOf(name))],
        groups.map(({ group, tables }) => [
          group,
          ...tables.map(({ present, expected, pct }) =>
            expected === 0 ? '-' : `${present}/${expected} ${share(pct)}`,
          ),
        ]),
      ),
      '',
      document.tables.map(({ table: name }) => `${initialsOf(name)} ${name}`).join(', '),
    ].join('\n'),
  );
  return EXIT.done;
}

/** `player_game_summary` as PGS, `ml_feature_store_v2` as MLFS. */
function initialsOf(name: string): string {
  const words = name.split('_').filter((word) => !/^v\d+$/.test(word));
  return words
    .map((word) => (word.length === 2 ? word : word.slice(0, 1)))
    .join('')
    .toUpperCase();
}

const groupings: Readonly<Record<string, (date: GameDate) => string>> = {
  date: (date) => date,
  season: (date) => seasonOf(date),
  week: (date) => {
    const day = new Date(`${date}T00:00:00Z`);
    const monday = new Date(day.getTime() - ((day.getUTCDay() + 6) % 7) * 86_400_000);
    return monday.toISOString().slice(0, 10);
  },
};

export async function restatementsCommand(
  client: Client,
  flags: RangeFlags,
  options: GlobalOptions,
): Promise<number> {
  const start = dateOption('--start', flags.start);
  const end = dateOption('--end', flags.end);
  if (end < start) throw new RequestError(`--end ${end} is before --start ${start}`);
  const through = (flags.through ?? 'phase5') as Phase;
  if (!PHASES.includes(through)) throw new RequestError(`--through must be one of ${PHASES.join(', ')}`);
  const seasons = (await knownSeasons(portsOf(client))).filter(
    (season) => season >= seasonOf(start) && season <= seasonOf(end),
  );
  const view = await loadView(portsOf(client), client.registry, seasons);
  const dates = [...view.seasons.values()]
    .flatMap(({ calendar }) => calendar.dates)
    .filter((date) => date >= start && date <= end);
  const tables = flags.tables?.split(',').map((name) => name.trim()) ?? client.registry.resultSources;
  for (const name of tables)
    if (!client.registry.has(name)) throw new RequestError(`There is no table ${name}`);
  const changed = tables.flatMap((name) => dates.map((date) => ({ table: name, date })));
  const reach = reachOf(view, changed, through);
  const sources = new Set([...tables, ...reach.keys()]);
  const affected = [...reach].map(([name, ofTable]) => ({
    table: name,
    dates: ofTable,
    because: client.registry
      .get(name)
      .definition.inputs.filter((input) => sources.has(input.table))
      .map((input) => `${input.table} (${windowText(input.window)})`)
      .join(', '),
  }));
  answer(options, { dates, affected }, () =>
    dates.length === 0
      ? `No game dates are known from ${start} to ${end}`
      : [
          `If ${tables.join(', ')} of ${datesText(dates)} change, at most these partitions change (rebuilding stops where content is equal):`,
          '',
          table(
            ['table', 'dates', 'first', 'last', 'because'],
            affected.map((each) => [
              each.table,
              each.dates.length,
              each.dates[0] ?? '',
              each.dates.at(-1) ?? '',
              each.because,
            ]),
          ),
        ].join('\n'),
  );
  return EXIT.done;
}

/** What an engine says of a query, without its drawing of the place. */
function oneLine(detail: string): string {
  return detail
    .replace(/\s*LINE \d+:[\s\S]*$/, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
}

/** Runs a query in the portable subset and prints its rows. */
export async function queryCommand(client: Client, sql: string, options: GlobalOptions): Promise<number> {
  const rows = await client.withWarehouse('query', (warehouse) => warehouse.query(sql));
  if (!rows.ok) throw new RequestError(oneLine(rows.failure.detail));
  const names = Object.keys(rows.value[0] ?? {});
  answer(options, { rows: rows.value }, () =>
    rows.value.length === 0
      ? 'No rows'
      : `${table(
          names,
          rows.value.map((row) =>
            names.map((name) => (typeof row[name] === 'boolean' ? String(row[name]) : (row[name] ?? null))),
          ),
        )}\n\n${grouped(rows.value.length)} rows`,
  );
  return EXIT.done;
}

export async function listDeadLetters(client: Client, options: GlobalOptions): Promise<number> {
  const letters = await deadLetters(client);
  answer(options, { deadLetters: letters.map(({ body: _, ...letter }) => letter) }, () =>
    letters.length === 0
      ? 'No message has been set aside'
      : table(
          ['id', 'topic', 'received', 'tries', 'replayed', 'reason'],
          letters.map((each) => [
            each.id,
            each.topic,
            each.receivedAt.slice(0, 19),
            each.attempts,
            each.replayedAt?.slice(0, 19) ?? '',
            each.reason.slice(0, 90),
          ]),
        ),
  );
  return EXIT.done;
}

async function findLetter(client: Client, id: string): Promise<DeadLetterDocument> {
  const letter = await deadLetterOf(client, id);
  if (letter === undefined)
    throw new RequestError(`There is no dead letter ${id}; see them with: fullcourt dead-letters`);
  return letter;
}

export async function showDeadLetter(client: Client, id: string, options: GlobalOptions): Promise<number> {
  const letter = await findLetter(client, id);
  answer(options, letter, () =>
    [
      `${letter.id} from ${letter.topic} after ${letter.attempts} tries`,
      `Reason: ${letter.reason}`,
      '',
      letter.body,
    ].join('\n'),
  );
  return EXIT.done;
}

/** Publishes the message again on the topic it came from. */
export async function replayDeadLetter(client: Client, id: string, options: GlobalOptions): Promise<number> {
  const letter = await findLetter(client, id);
  if (!letter.isWhole)
    throw new RequestError(
      `Dead letter ${id} was too long to keep whole; publish the message again from where it came`,
    );
  await client.publisher.publish(letter.topic, letter.body);
  const replayedAt = await markReplayed(client, letter);
  answer(
    options,
    { id, replayedAt, topic: letter.topic },
    () =>
      `Published again on ${letter.topic}${client.config.target === 'embedded' ? '; it is handled by the next command that works on this home' : ''}`,
  );
  return EXIT.done;
}

/** The rows that loaders refused, from the report of the last load of each table and season. */
export async function rejectsCommand(client: Client, options: GlobalOptions): Promise<number> {
  const reports = await loadReports(client);
  const rejects = reports.flatMap(({ table, season, rejects }) =>
    rejects.map((reject) => ({ table, season, ...reject })),
  );
  const total = reports.reduce((sum, { rejected }) => sum + rejected, 0);
  answer(options, { total, rejects }, () =>
    rejects.length === 0
      ? 'No row was rejected'
      : [
          table(
            ['table', 'file', 'line', 'reason'],
            rejects.slice(0, 200).map((each) => [each.table, each.file, each.line, each.reason]),
          ),
          '',
          `${grouped(total)} rows rejected${total > 200 ? ', the first 200 shown' : ''}`,
        ].join('\n'),
  );
  return EXIT.done;
}
