/** The target in the commands that texts name: a person copies a command, and it must look at the same place. */
import { TARGETS, type Environment } from '../../shared/config.ts';

type Target = (typeof TARGETS)[number];

/** Commands that work on the state of a target. The others take no target, or are for one target alone. */
const COMMANDS = [
  ...[
    'accept',
    'alias',
    'backfill',
    'backtest',
    'backfills',
    'corrections',
    'coverage',
    'dead-letters',
    'diff',
    'evaluate',
    'explain',
    'export',
    'gaps',
    'grade',
    'health',
    'impact',
    'import',
    'ingest',
    'migrate',
    'models',
    'mute',
  ],
  ...[
    'plan',
    'player',
    'predict',
    'preflight',
    'query',
    'recover',
    'rejects',
    'restatements',
    'serve',
    'simulate',
    'sources',
    'status',
    'train',
    'unresolved',
    'validate',
    'why',
  ],
];
/** Words that may follow `backfills`, `dead-letters` and `models`. */
const SUBCOMMANDS =
  'list|show|watch|pause|resume|cancel|retry|report|edit|replay|delete|drift|promote|rollback';

const COMMAND = new RegExp(
  String.raw`\bfullcourt (?:${COMMANDS.toSorted((a, b) => b.length - a.length).join('|')})(?![\w-])(?: (?:${SUBCOMMANDS})(?![\w-]))?`,
  'g',
);

/**
 * The target that was typed, else that of the environment.
 * @param args what was typed after `fullcourt`
 */
export function targetOf(args: readonly string[], env: Environment): string | undefined {
  const end = args.indexOf('--');
  const flags = end === -1 ? args : args.slice(0, end);
  const at = flags.findLastIndex((arg) => arg === '--target' || arg.startsWith('--target='));
  const typed = at === -1 ? undefined : (flags[at]?.split('=')[1] ?? flags[at + 1]);
  return typed ?? env['FULLCOURT_TARGET'];
}

/**
 * A text whose commands name the target where a command without it would look at another one: on the cloud targets, and on the
 * embedded target when the environment names another. `Next: fullcourt rejects` is `Next: fullcourt rejects --target emulator`.
 */
export function withTarget(text: string, target: string | undefined, env: Environment): string {
  if (!isTarget(target) || (target === 'embedded' && (env['FULLCOURT_TARGET'] ?? target) === target))
    return text;
  return text.replace(COMMAND, (command, at: number) =>
    text.startsWith(' --target', at + command.length) ? command : `${command} --target ${target}`,
  );
}

function isTarget(text: string | undefined): text is Target {
  return TARGETS.some((target) => target === text);
}
