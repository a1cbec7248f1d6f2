/** `impact`: what a correction, an acceptance or a backfill will change, before anybody does it. */
import { userInfo } from 'node:os';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { manualCorrection } from '../../functions/control/manual-correction.ts';
import { admit, originOf } from '../../functions/control/origins.ts';
import { withTextsOfPdfs } from '../../functions/control/pdf-files.ts';
import type { ArchiveOptions } from '../../functions/control/import-plan.ts';
import type { Asked, Impact } from '../../functions/steps/impact.ts';
import type { Client } from '../../functions/targets/client.ts';
import { askImpact } from '../../functions/targets/impact.ts';
import { counted, grouped } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { Origin } from '../../shared/domain/origin.ts';
import { acceptCommand } from './accept.ts';
import { backfillCommand } from './backfill.ts';
import { paint } from './colours.ts';
import { answer, copyable, EXIT, tell, type GlobalOptions } from './command.ts';
import { loadAndAnswer } from './load.ts';
import { tableOption } from './options.ts';
import { requestOf } from './request.ts';
import type { RequestFlags } from './request-flags.ts';
import { sourceFilesAt } from './source-paths.ts';
import { table } from './text-table.ts';

export interface ImpactFlags extends GlobalOptions, RequestFlags {
  readonly correct?: readonly string[];
  readonly game?: string;
  readonly player?: string;
  readonly team?: string;
  readonly set?: readonly string[];
  readonly accept?: boolean;
  readonly table?: string;
  readonly by?: string;
  readonly backfill?: boolean;
  readonly bound?: boolean;
  readonly apply?: boolean;
}

/** What is asked about, and the ordinary way to do it. */
interface Question {
  readonly asked: Asked;
  /** @param planId of the plan that was looked at */
  readonly apply: (planId: string | null) => Promise<number>;
}

/** The exit code is 1 when nothing could be done, and that of the ordinary command with --apply. */
export async function impactCommand(client: Client, flags: ImpactFlags): Promise<number> {
  const { asked, apply } = await questionOf(client, flags);
  const began = Date.now();
  const { bound, exact } = await askImpact(client, asked);
  const boundSeconds = secondsSince(began);
  const isHeld = client.config.target === 'embedded' && client.holder?.() !== undefined;
  if (isHeld && flags.bound !== true)
    tell(`${client.holder?.() ?? ''} has the warehouse open: these are all cells that can change`);
  const found = flags.bound === true || isHeld ? bound : await computed(bound, exact);
  if (flags.apply === true && found.refused.length === 0) {
    tell(summaryText(found));
    return apply(found.planId);
  }
  const seconds = { bound: boundSeconds, exact: found === bound ? null : secondsSince(began) };
  answer(flags, { ...found, seconds }, () => impactText(found));
  return found.refused.length === 0 ? EXIT.done : EXIT.failed;
}

function computed(bound: Impact, exact: () => Promise<Impact>): Promise<Impact> {
  if (bound.refused.length === 0)
    tell(`At most ${cellsText(bound)} can change; computing what changes in them`);
  return exact();
}

function secondsSince(began: number): number {
  return (Date.now() - began) / 1000;
}

const WAYS = '--correct FILE, --game with --set, --accept or --backfill';

/** @throws RequestError for flags that contradict each other or lack others */
async function questionOf(client: Client, flags: ImpactFlags): Promise<Question> {
  const ways = [
    flags.correct !== undefined,
    flags.game !== undefined || flags.set !== undefined,
    flags.accept === true,
    flags.backfill === true,
  ].filter(Boolean).length;
  if (ways !== 1) throw new RequestError(`Say what is asked about with exactly one of: ${WAYS}`);
  if (flags.backfill === true) {
    const request = requestOf(flags, client.registry);
    return {
      asked: { kind: 'request', request },
      apply: (planId) =>
        backfillCommand(client, planId === null ? request : { ...request, expect: planId }, flags),
    };
  }
  if (flags.accept === true) return acceptance(client, flags);
  const by = flags.by ?? userInfo().username;
  if (flags.correct !== undefined) {
    const files = await withTextsOfPdfs(sourceFilesAt(flags.correct));
    return correction(client, flags, files, { by }, { kind: 'files' });
  }
  if (flags.game === undefined || flags.reason === undefined)
    throw new RequestError('A correction needs --game, --player or --team, --set COLUMN=VALUE and --reason', {
      flag: flags.game === undefined ? '--game' : '--reason',
    });
  const { game, player, team, reason } = flags;
  const file = await manualCorrection(client, { game, player, team, values: valuesOf(flags), by, reason });
  const origin = (await originOf(client)) ?? { kind: 'files' };
  return correction(client, flags, [file], { by, observedAt: client.clock().toISOString() }, origin);
}

async function correction(
  client: Client,
  flags: ImpactFlags,
  files: readonly SourceFile[],
  options: ArchiveOptions,
  origin: Origin,
): Promise<Question> {
  const coming = { command: 'import', origin } as const;
  await admit(client, coming);
  return {
    asked: { kind: 'correct', files, options },
    apply: () => loadAndAnswer(client, coming, () => files, options, flags),
  };
}

function acceptance(client: Client, flags: ImpactFlags): Question {
  const { table: named, reason, by, dates, start, end, json, target } = flags;
  if (named === undefined || reason === undefined)
    throw new RequestError('--accept needs --table, --dates (or --start and --end) and --reason', {
      flag: named === undefined ? '--table' : '--reason',
    });
  const given = {
    ...(dates === undefined ? {} : { dates }),
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
  };
  const tables = tableOption('--table', named, client.registry);
  const request = requestOf({ ...given, tables }, client.registry);
  const options = { ...(json === undefined ? {} : { json }), ...(target === undefined ? {} : { target }) };
  return {
    asked: { kind: 'request', request: { ...request, accept: { reason } } },
    apply: () =>
      acceptCommand(
        client,
        { ...given, table: tables, reason, ...(by === undefined ? {} : { by }) },
        options,
      ),
  };
}

/** @throws RequestError for a value without its column */
function valuesOf({ set = [] }: ImpactFlags): ReadonlyMap<string, string> {
  return new Map(
    set.map((text) => {
      const at = text.indexOf('=');
      if (at < 1)
        throw new RequestError(`--set must be COLUMN=VALUE, such as assists=7, not "${text}"`, {
          flag: '--set',
        });
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    }),
  );
}

function cellsText({ cells }: Impact): string {
  const tables = new Set(cells.map(({ table: name }) => name)).size;
  return `${counted(cells.length, 'partition')} of ${counted(tables, 'table')}`;
}

function summaryText(found: Impact): string {
  if (found.rows === null) return `At most ${cellsText(found)} can change`;
  const { added, changed, removed } = found.rows;
  const parts = [
    [changed, 'change'],
    [added, 'are added'],
    [removed, 'are removed'],
  ] as const;
  const told = parts.flatMap(([n, what]) => (n === 0 ? [] : [`${grouped(n)} ${what}`]));
  return told.length === 0
    ? `No row changes (${counted(found.bound, 'partition')} could)`
    : `Rows: ${told.join(', ')}, in ${cellsText(found)} (of ${counted(found.bound, 'partition')} that can change)`;
}

/** Columns of a table that the text names. */
const COLUMNS = 4;

function impactText(found: Impact): string {
  if (found.refused.length > 0)
    return ['Nothing would be done:', ...found.refused.map((why) => paint.red(why))].join('\n');
  const groups = [...Map.groupBy(found.cells, (cell) => cell.table)];
  const lines = [summaryText(found)];
  if (groups.length > 0)
    lines.push(
      '',
      table(
        ['table', 'dates', 'first', 'last', found.rows === null ? 'rows at most' : 'rows', 'columns'],
        groups.map(([name, cells]) => [
          name,
          cells.length,
          cells[0]?.date ?? '',
          cells.at(-1)?.date ?? '',
          cells.reduce((sum, { rows }) => sum + rows, 0),
          columnsText([...new Set(cells.flatMap(({ columns }) => columns))]),
        ]),
      ),
    );
  if (found.moves.length > 0)
    lines.push(
      '',
      'The largest moves, one of each column',
      '',
      table(
        ['table', 'date', 'row', 'column', 'old', 'new'],
        found.moves.map((move) => [
          move.table,
          move.date,
          move.key,
          move.column,
          String(move.old),
          String(move.new),
        ]),
      ),
    );
  if (found.predictions !== null && found.predictions.rows > 0)
    lines.push(
      '',
      `${counted(found.predictions.rows, 'prediction')} of them ${found.predictions.rows === 1 ? 'changes' : 'change'}; ${grouped(found.predictions.recommendations)} recommend something else`,
    );
  if (found.notMade.length > 0) {
    const [first] = found.notMade;
    lines.push(
      '',
      `Not made: ${counted(found.notMade.length, 'partition')}; ${first?.table ?? ''} of ${first?.date ?? ''}: ${first?.why ?? ''}`,
    );
  }
  lines.push('', `${exactText(found)}. Nothing was written; carry it out with the same command and --apply`);
  if (found.planId !== null) lines.push(copyable(`Plan ${found.planId}`));
  return lines.join('\n');
}

function exactText({ exact, rows }: Impact): string {
  if (exact) return 'This is exact';
  return rows === null
    ? 'This is all that can change by the declared windows, and most of it may stay as it is'
    : 'Live sources are asked first, and nobody knows what they will say: what they tell comes in addition';
}

function columnsText(columns: readonly string[]): string {
  const more = columns.length - COLUMNS;
  return more > 0 ? `${columns.slice(0, COLUMNS).join(', ')} and ${more} more` : columns.join(', ');
}
