/** `health` and `mute`: whether all is well, and which incidents nobody wants to hear of for a while. */
import { userInfo } from 'node:os';
import { health, mute, type Health, type SeenAlarm } from '../../functions/control/health.ts';
import type { Client } from '../../functions/targets/client.ts';
import type { Layer } from '../../shared/domain/alarms.ts';
import { counted } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { dateOption } from './dates.ts';
import { table } from './text-table.ts';

export interface HealthFlags extends GlobalOptions {
  readonly week?: boolean;
}

/** The exit code is 1 when something fails, and 0 when a person should only look. */
export async function healthCommand(client: Client, flags: HealthFlags): Promise<number> {
  const found = await health(client);
  answer(flags, found, () => healthText(found, flags.week === true));
  return found.verdict === 'fail' ? EXIT.failed : EXIT.done;
}

const VERDICTS = {
  pass: 'All is well',
  review: 'Nothing fails, something is to be looked at',
  fail: 'Something fails',
} as const;

function healthText({ verdict, layers, alarms }: Health, isWeek: boolean): string {
  const heard = alarms.filter(({ mute: word }) => word === null);
  const muted = alarms.filter(({ mute: word }) => word !== null);
  const short = layers.filter((layer) => layer.verdict !== 'pass');
  return [
    `${VERDICTS[verdict]}${heard.length === 0 ? '' : `: ${counted(heard.length, 'alarm')}`}${muted.length === 0 ? '' : ` (${muted.length} muted)`}`,
    ...heard.flatMap((alarm) => ['', ...alarmText(alarm)]),
    ...muted.flatMap((alarm) => ['', ...alarmText(alarm)]),
    '',
    ...(isWeek || short.length > 0 ? layersText(isWeek ? layers : short) : [weekText(layers)]),
  ].join('\n');
}

function alarmText({ severity, what, key, cure, since, mute: word }: SeenAlarm): string[] {
  return [
    `${word === null ? severity : 'muted'}: ${what}${since === null ? '' : `, since ${since.slice(0, 10)}`}`,
    `  key ${key}${word === null ? '' : `, silent until ${word.until}${word.by === null ? '' : ` by ${word.by}`}: ${word.reason}`}`,
    `  next: ${cure}`,
  ];
}

const NO_GAMES = 'No games are known; load them with: fullcourt import --from DIR, or fullcourt simulate';

function weekText(layers: readonly Layer[]): string {
  const week = layers[0]?.thisWeek;
  return week === undefined
    ? NO_GAMES
    : `Every table has its games from ${week.start} to ${week.end}; table by table with --week`;
}

function layersText(layers: readonly Layer[]): string[] {
  const [first] = layers;
  if (first === undefined) return [NO_GAMES];
  const { thisWeek, lastWeek } = first;
  return [
    table(
      ['table', 'phase', `${thisWeek.start} to ${thisWeek.end.slice(5)}`, 'the week before', 'verdict'],
      layers.map((layer) => [
        layer.table,
        layer.phase.slice(5),
        `${layer.thisWeek.games} / ${layer.thisWeek.expected}`,
        `${layer.lastWeek.games} / ${layer.lastWeek.expected}`,
        layer.verdict,
      ]),
    ),
    `Games that are there, of those that should be; the week before is ${lastWeek.start} to ${lastWeek.end}`,
  ];
}

export interface MuteFlags extends GlobalOptions {
  readonly until?: string;
  readonly reason?: string;
  readonly by?: string;
}

export async function muteCommand(client: Client, key: string, flags: MuteFlags): Promise<number> {
  const { until, reason, by = userInfo().username } = flags;
  if (until === undefined || reason === undefined || reason.trim() === '')
    throw new RequestError('mute needs --until DATE and --reason TEXT', {
      flag: until === undefined ? '--until' : '--reason',
    });
  const muted = await mute(client, key, { until: dateOption('--until', until), reason, by });
  answer(flags, muted, () => `${key} is silent until ${until}: ${reason} (${by})`);
  return EXIT.done;
}
