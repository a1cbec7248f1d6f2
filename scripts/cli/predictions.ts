/** `predict` and `grade`: the predictions of a date, and what became of them. */
import { commandOf, requestOf, rowsOn, type Asked } from '../../functions/control/predictions.ts';
import type { Client } from '../../functions/targets/client.ts';
import {
  SYSTEM_IDS,
  type SystemId,
} from '../../functions/processors/player_prop_predictions/systems/system.ts';
import { noModelText } from '../../shared/domain/artifacts.ts';
import { counted } from '../../shared/domain/counted.ts';
import { gameDateOf, type GameDate } from '../../shared/domain/game-date.ts';
import type { Row } from '../../shared/domain/table-rows.ts';
import type { Backfill } from '../../shared/state/backfills.ts';
import { businessNow } from '../../shared/ports/index.ts';
import { paint } from './colours.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { dateOption } from './dates.ts';
import { table, terminalWidth, type TableCell } from './text-table.ts';
import { runAndShow } from './watch.ts';

export interface PredictionFlags {
  readonly date: string;
  readonly now?: string;
}

/** Builds what is lacking or stale of a date, and prints its predictions or grades. */
export async function predictionsCommand(
  client: Client,
  asked: Asked,
  flags: PredictionFlags,
  options: GlobalOptions,
): Promise<number> {
  const date = dateOption('--date', flags.date);
  const command = commandOf(asked);
  const worker = await client.openWorker(command);
  try {
    worker?.dispatcher.start();
    const { backfill } = await runAndShow(client, requestOf(asked, date), { worker });
    const rows =
      worker === undefined
        ? await client.readWarehouse(command, (warehouse) => rowsOn(warehouse, asked, date))
        : await rowsOn(worker.context.ports.warehouse, asked, date);
    answer(options, { rows, backfillId: backfill.id }, () => {
      if (rows.length === 0) return `${NOBODY[asked]} for ${date}: ${whyNobody(backfill, date)}`;
      return asked === 'predictions'
        ? slateText(date, gameDateOf(businessNow(client)), rows)
        : gradesText(date, rows);
    });
    return backfill.state === 'done' ? EXIT.done : EXIT.failed;
  } finally {
    await worker?.close();
  }
}

const NOBODY = {
  predictions: 'Nobody is predicted',
  grades: 'Nothing is graded',
} as const satisfies Readonly<Record<Asked, string>>;

/** Why a date has no rows: the request is refused, or its tables say it. */
function whyNobody({ state, verdict }: Pick<Backfill, 'state' | 'verdict'>, date: GameDate): string {
  return state === 'refused' && verdict !== null ? verdict : `see fullcourt status --date ${date}`;
}

/** The heads of the columns of a slate. */
const HEADS = {
  moving_average: 'average',
  zone_matchup_v1: 'zones',
  similarity_balanced_v1: 'similar',
  xgboost_v1: 'model',
  ensemble_v1: 'ensemble',
} as const satisfies Readonly<Record<SystemId, string>>;

/** Most players of a slate that are printed, and of a short one. */
const MAX_PLAYERS = 25;
const FEW_PLAYERS = 12;
/** Columns of a terminal that a short slate fits, and letters of a name in it. */
const SHORT_WIDTH = 80;
const SHORT_NAME = 18;

/**
 * A line for each player: his line, what each system predicts, and the interval of the best one; the highest first.
 * @param isShort whether it is a dozen lines without teams and recommendations, which fit a terminal of 80 columns
 */
export function slateText(date: GameDate, today: GameDate, rows: readonly Row[], isShort = false): string {
  if (rows.length === 0) return `Nobody is predicted for ${date}: see fullcourt status --date ${date}`;
  const players = new Map<string, Map<string, Row>>();
  for (const row of rows) {
    const key = `${textOf(row, 'game_id')} ${textOf(row, 'player_lookup')}`;
    const own = players.get(key) ?? new Map<string, Row>();
    players.set(key, own.set(textOf(row, 'system_id'), row));
  }
  const slate = [...players.values()]
    .map((own) => ({ own, best: own.get('ensemble_v1') ?? [...own.values()].at(-1) ?? {} }))
    .toSorted((a, b) => numberOf(b.best, 'predicted_points') - numberOf(a.best, 'predicted_points'));
  const shown = slate.slice(0, isShort ? FEW_PLAYERS : MAX_PLAYERS);
  const systems = SYSTEM_IDS.filter((system) => rows.some((row) => row['system_id'] === system));
  const unlessShort = <T>(cell: T): readonly T[] => (isShort ? [] : [cell]);
  const lines = table(
    [
      ...['player', ...unlessShort('team'), 'line'],
      ...systems.map((system) => HEADS[system]),
      ...['P10-P90', ...unlessShort('says')],
    ],
    shown.map(({ own, best }) => [
      isShort ? shortened(textOf(best, 'player_lookup')) : textOf(best, 'player_lookup'),
      ...unlessShort(`${textOf(best, 'team_abbr')} - ${textOf(best, 'opponent_team_abbr')}`),
      lineCell(best),
      ...systems.map((system) => tenthText(own.get(system)?.['predicted_points'])),
      intervalText(own.get('xgboost_v1') ?? best),
      ...unlessShort(textOf(best, 'recommendation').toLowerCase().replaceAll('_', ' ')),
    ]),
    isShort ? Math.min(SHORT_WIDTH, terminalWidth()) : terminalWidth(),
  );
  const more = slate.length - shown.length;
  return [
    `${counted(slate.length, 'player')} of ${date}; a line in brackets is the mean of the last games`,
    lines,
    ...(more > 0 ? [`and ${more} more: fullcourt predict --date ${date}${isShort ? '' : ' --json'}`] : []),
    ...(systems.includes('xgboost_v1') ? [] : [noModelText('champion', date, today)]),
  ].join('\n');
}

/** How each system did on a date. */
export function gradesText(date: GameDate, rows: readonly Row[]): string {
  const systems = SYSTEM_IDS.filter((system) => rows.some((row) => row['system_id'] === system));
  return [
    `Predictions of ${date}`,
    table(
      ['system', 'graded', 'void', 'in doubt', 'mean error', 'bias', 'within 3', 'leans won'],
      systems.map((system) => {
        const own = rows.filter((row) => row['system_id'] === system);
        const of = (grade: string): Row[] => own.filter((row) => row['grade'] === grade);
        const graded = of('graded');
        const leans = graded.filter((row) => row['lean_correct'] !== null);
        return [
          system,
          graded.length,
          of('void').length,
          of('ungraded').length,
          meanText(graded, 'absolute_error'),
          meanText(graded, 'signed_error'),
          `${graded.filter((row) => row['within_3_points'] === true).length}`,
          `${leans.filter((row) => row['lean_correct'] === true).length} of ${leans.length}`,
        ];
      }),
    ),
  ].join('\n');
}

/** A name that is cut where it is too long for a short slate. */
function shortened(name: string): string {
  return name.length <= SHORT_NAME ? name : `${name.slice(0, SHORT_NAME - 1)}…`;
}

function textOf(row: Row, column: string): string {
  return String(row[column] ?? '');
}

function numberOf(row: Row, column: string): number {
  return Number(row[column] ?? 0);
}

function tenthText(value: unknown): string {
  return typeof value === 'number' ? value.toFixed(1) : '-';
}

function lineCell(row: Row): TableCell {
  const line = row['current_points_line'];
  if (typeof line === 'number') return line.toFixed(1);
  const estimated = row['estimated_line_value'];
  return typeof estimated === 'number' ? { text: `(${estimated.toFixed(1)})`, paint: paint.dim } : '-';
}

function intervalText(row: Row): string {
  return `${tenthText(row['predicted_p10'])}-${tenthText(row['predicted_p90'])}`;
}

function meanText(rows: readonly Row[], column: string): string {
  if (rows.length === 0) return '-';
  return (rows.reduce((sum, row) => sum + numberOf(row, column), 0) / rows.length).toFixed(2);
}
