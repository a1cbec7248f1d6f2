/** What was typed, before and after commander reads it: short forms, the command that is meant, and why it is refused. */
import type { Command, CommanderError } from 'commander';
import { RequestError } from '../../shared/domain/failure.ts';
import { nearest } from '../../shared/domain/nearest.ts';
import type { Wrong } from './command.ts';

/** The arguments in the form that commander reads. */
export function normalized(args: readonly string[]): string[] {
  return withQueryLast(withDefaultSubcommand(withHelpLast(args)));
}

/** `help backfills show` is `backfills show --help`. */
function withHelpLast(args: readonly string[]): string[] {
  return args[0] === 'help' ? [...args.slice(1).filter((arg) => arg !== 'help'), '--help'] : [...args];
}

/** `backfills` without a subcommand means `backfills list`. The same goes for `dead-letters` and `models`. */
function withDefaultSubcommand(args: readonly string[]): string[] {
  const [first, second] = args;
  const isGroup = first === 'backfills' || first === 'dead-letters' || first === 'models';
  return isGroup &&
    (second === undefined || (second.startsWith('-') && second !== '--help' && second !== '-h'))
    ? [first, 'list', ...args.slice(1)]
    : [...args];
}

/** A query may begin with a comment, which is no option: `query "-- games\nSELECT 1" --json`. */
function withQueryLast(args: readonly string[]): string[] {
  const text = args[0] === 'query' ? args.find((arg) => /^--(?:\s|[^=]*\s)/.test(arg)) : undefined;
  return text === undefined ? [...args] : [...args.filter((arg) => arg !== text), '--', text];
}

/** Whether a document is asked for; what stands after `--` is no flag. */
export function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).includes('--json');
}

/** A refusal of commander in our words: `unknown option '--strat'; did you mean --start? (see fullcourt backfill --help)`. */
export function wrongOf(error: CommanderError, program: Command, args: readonly string[]): Wrong {
  const said = error.message.replace(/^error: /, '').trim();
  const [first = '', ...suggested] = said.split('\n');
  const mean = /\(Did you mean (?:one of )?(.+?)\?\)/.exec(suggested.join(' '))?.[1];
  const command = namesOf(program, args);
  return {
    code: error.code.replace(/^commander\./, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    message: `${first}${mean === undefined ? '' : `; did you mean ${mean}?`} (see fullcourt ${[...command, '--help'].join(' ')})`,
    flag: /'(--[a-z][a-z-]*)/.exec(first)?.[1] ?? null,
  };
}

/** The names of the command that is meant, such as `backfills`, `show`. */
function namesOf(program: Command, args: readonly string[]): string[] {
  const names: string[] = [];
  let at = program;
  for (const arg of args) {
    const next = at.commands.find((command) => command.name() === arg);
    if (next === undefined) break;
    names.push(arg);
    at = next;
  }
  return names;
}

/**
 * The refusal of a command of which help is asked and which does not exist: `help bckfill`, `bckfill --help`.
 * @returns undefined where there is nothing to refuse
 */
export function unknownCommand(program: Command, args: readonly string[]): Wrong | undefined {
  if (!args.includes('--help') && !args.includes('-h')) return undefined;
  const names = namesOf(program, args);
  const last = names.reduce<Command>(
    (at, name) => at.commands.find((command) => command.name() === name) ?? at,
    program,
  );
  const next = args[names.length];
  if (next === undefined || next.startsWith('-') || last.commands.length === 0) return undefined;
  const near = nearest(
    next,
    last.commands.map((command) => command.name()),
  );
  const mean = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '';
  return {
    code: 'unknown_command',
    message: `unknown command '${next}'${mean} (see fullcourt ${[...names, '--help'].join(' ')})`,
    flag: null,
  };
}

interface Rule {
  readonly command: string;
  readonly flag: string;
  /** The flag has an effect with this one only. */
  readonly needs?: string;
  /** The flag has no effect with this one. */
  readonly not?: string;
}

const RULES: readonly Rule[] = [
  { command: 'coverage', flag: '--csv', needs: '--missing' },
  { command: 'coverage', flag: '--csv', not: '--json' },
  { command: 'coverage', flag: '--by', not: '--missing' },
  { command: 'coverage', flag: '--all-dates', not: '--missing' },
  { command: 'coverage', flag: '--all-dates', not: '--by' },
  { command: 'coverage', flag: '--all-dates', not: '--json' },
  { command: 'status', flag: '--why', needs: '--date' },
  { command: 'backfill', flag: '--no-watch', not: '--dry-run' },
  { command: 'start', flag: '--seasons', not: '--data' },
  { command: 'start', flag: '--seed', not: '--data' },
  { command: 'start', flag: '--port', not: '--exit' },
  { command: 'alias', flag: '--team', needs: 'NAME' },
  { command: 'alias', flag: '--season', needs: 'NAME' },
];

/** @throws RequestError for a flag that was typed and has no effect */
export function refuseWithoutEffect(command: Command): void {
  const given = new Set<string | undefined>(
    command.options
      .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
      .map(({ long }) => long),
  );
  if (command.args.length > 0) given.add('NAME');
  for (const { command: name, flag, needs, not } of RULES) {
    if (name !== command.name() || !given.has(flag)) continue;
    if (needs !== undefined && !given.has(needs))
      throw new RequestError(
        needs.startsWith('--') ? `${flag} needs ${needs}` : `${flag} has no effect without ${needs}`,
        { flag },
      );
    if (not !== undefined && given.has(not))
      throw new RequestError(`${flag} has no effect with ${not}`, { flag });
  }
}
