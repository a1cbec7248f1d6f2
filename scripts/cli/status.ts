/** `status`: what is loaded and under way, the tables of one date, or why one table is built, waits or is left out. */
import { originOf } from '../../functions/control/origins.ts';
import { answeringRevisions, type AnsweringRevision } from '../../functions/control/revisions.ts';
import { completionsOf, overview, type Overview } from '../../functions/control/status.ts';
import type { Client } from '../../functions/targets/client.ts';
import { counted } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { originText, type Origin } from '../../shared/domain/origin.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { dateOption } from './dates.ts';
import { tableOption } from './options.ts';
import { completionText, revisionsText, statusText } from './render.ts';
import { table } from './text-table.ts';
import { keptText } from './validate.ts';
import { whyCell } from './why.ts';

export interface StatusFlags {
  readonly date?: string;
  readonly why?: string;
}

export async function statusCommand(
  client: Client,
  flags: StatusFlags,
  options: GlobalOptions,
): Promise<number> {
  if (flags.date === undefined) {
    if (flags.why !== undefined) throw new RequestError('--why needs --date');
    const { home, target, cloud } = client.config;
    const origin = (await originOf(client)) ?? null;
    const database = target === 'embedded' ? {} : { project: cloud.project, database: cloud.database };
    const answeredBy = target === 'embedded' ? undefined : await answeringRevisions(client);
    const document = {
      ...{ home, ...database, origin, ...(await overview(client)) },
      ...(answeredBy === undefined ? {} : { answeredBy }),
    };
    answer(options, document, () => overviewText(document));
    return EXIT.done;
  }
  const date = dateOption('--date', flags.date);
  if (flags.why !== undefined) {
    return whyCell(client, tableOption('--why', flags.why, client.registry), date, options);
  }
  const documents = await completionsOf(client, date);
  const phases = Object.fromEntries(documents.map(({ phase, tables }) => [phase, { tables }]));
  answer(options, { date, phases }, () =>
    documents.length === 0 ? `Nothing is recorded for ${date}` : `${date}\n\n${completionText(documents)}`,
  );
  return EXIT.done;
}

/** Where the documents are: in a home, or in a database of a project. */
interface Place {
  readonly home: string;
  readonly project?: string;
  readonly database?: string;
}

/** What `status` tells of a whole target. */
type Told = Overview &
  Place & {
    readonly origin: Origin | null;
    /** Which revisions have answered for the newest runs; absent where no services do the work. */
    readonly answeredBy?: readonly AnsweringRevision[];
  };

export function overviewText(what: Told): string {
  const { origin, seasons, backfills, backlog, deadLetters, home, database, project, answeredBy = [] } = what;
  const place = database === undefined ? home : `the database ${database} of ${project}`;
  if (seasons.length === 0)
    return `Nothing is loaded in ${place}. Begin with: fullcourt simulate --seasons 1 --seed 1, or fullcourt import --from DIR`;
  const { total, active, validated } = backfills;
  const waiting = Object.values(backlog ?? {}).reduce((sum, n) => sum + n, 0);
  return [
    table(
      ['season', 'opening night', 'game dates', 'games'],
      seasons.map((each) => [each.season, each.openingNight, each.gameDates, each.games]),
    ),
    '',
    ...(origin === null ? [] : [`The rows come from ${originText(origin)}.`]),
    ...(database === undefined ? [] : [`The documents are in ${place}.`]),
    `${counted(total, 'backfill')}, ${active.length} active${active.map(({ id, state }) => `, ${id} ${statusText(state)}`).join('')}`,
    ...(validated === null ? [] : [`${validated.id}: ${keptText(validated.validation)}`]),
    `${backlog === null ? '' : `${counted(waiting, 'message')} waiting, `}${counted(deadLetters, 'dead letter')}`,
    ...(answeredBy.length === 1
      ? [`Answered by ${answeredBy[0]?.revision ?? ''}`]
      : answeredBy.length === 0
        ? []
        : [
            '',
            `${answeredBy.length} revisions have answered for the newest runs:`,
            ...revisionsText(answeredBy).slice(1),
          ]),
  ].join('\n');
}
