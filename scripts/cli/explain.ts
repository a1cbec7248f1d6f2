/** `explain`: what the predictions of a player consist of. */
import {
  explainPredictions,
  type ExplainAnswer,
  type ExplainedPrediction,
} from '../../functions/control/explain.ts';
import {
  SYSTEM_IDS,
  type SystemId,
} from '../../functions/processors/player_prop_predictions/systems/system.ts';
import type { Client } from '../../functions/targets/client.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { dateOption } from './dates.ts';
import { table } from './text-table.ts';

export interface ExplainFlags {
  readonly system?: string;
}

/** @throws RequestError when the date, the player or the system is none */
export async function explainCommand(
  client: Client,
  [date, player = '']: readonly (string | undefined)[],
  flags: ExplainFlags,
  options: GlobalOptions,
): Promise<number> {
  const asked = {
    ...{ date: dateOption('DATE', date), player },
    system: flags.system === undefined ? undefined : systemOption(flags.system),
  };
  const found = await client.readWarehouse('explain', (warehouse) =>
    explainPredictions({ ...client, warehouse }, asked),
  );
  answer(options, found, () => explainText(found));
  return found.predictions.every(({ isReproduced }) => isReproduced) ? EXIT.done : EXIT.failed;
}

function systemOption(text: string): SystemId {
  const found = SYSTEM_IDS.find((system) => system === text);
  if (found === undefined)
    throw new RequestError(`--system ${text} is no system; there are: ${SYSTEM_IDS.join(', ')}`, {
      flag: '--system',
    });
  return found;
}

const ORIGINS: Readonly<Record<string, string>> = {
  live: 'made before the game',
  backfill: 'made afterwards from what was known before the date',
};

/** The explanation as text. The points of each table add up to its last line as they are printed. */
export function explainText(found: ExplainAnswer): string {
  const { player, team, opponent, date, origin, predictions } = found;
  return [
    `${player} (${team} - ${opponent}) on ${date}, ${ORIGINS[origin] ?? origin}`,
    ...predictions.flatMap((each) => ['', ...linesOf(each)]),
  ].join('\n');
}

function linesOf({ system, modelId, predicted, made, isReproduced, why }: ExplainedPrediction): string[] {
  const head = `${system} predicts ${predicted.toFixed(1)} points${modelId === null ? '' : ` by ${modelId}`}`;
  if (made === null) return [head, `  Not explained: ${why ?? ''}`];
  const total = isReproduced ? predicted : made.points;
  const said = thousandths(total);
  const parts = [thousandths(made.base), ...made.terms.map(({ adds }) => thousandths(adds))];
  const rest = said - parts.reduce((sum, each) => sum + each, 0);
  return [
    head,
    table(
      ['', 'value', 'points'],
      [
        ['base', '', pointsText(parts[0] ?? 0)],
        ...made.terms.map(({ name, value }, i) => [
          name,
          value === null ? 'unknown' : String(Math.round(value * 1000) / 1000),
          pointsText(parts[i + 1] ?? 0),
        ]),
        ...(rest === 0 ? [] : [['bounds and rounding', '', pointsText(rest)]]),
        ['together', '', pointsText(said)],
      ],
    ),
    isReproduced
      ? `  Made again from prediction_inputs${modelId === null ? '' : ` and ${modelId}`}: the same to the last bit`
      : `  Not the same any more: ${why ?? ''}`,
  ];
}

function thousandths(points: number): number {
  return Math.round(points * 1000);
}

/** Thousandths of points with three decimals, all as wide as the widest, so that they stand under each other. */
function pointsText(value: number): string {
  return (value / 1000).toFixed(3).padStart(7);
}
