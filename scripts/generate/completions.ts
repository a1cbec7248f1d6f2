/** Completion for shells, made from the commands, their arguments and their flags. Pure. */
import type { Argument, Command, Option } from 'commander';

/** What may stand for an argument or for the value of a flag: one of some words, a file, or what no shell can know. */
type Offer = readonly string[] | 'file' | 'nothing';

interface Flag {
  readonly name: string;
  readonly description: string;
  /** What its value may be; undefined where it takes none. */
  readonly takes: Offer | undefined;
}

/** What a shell completes after some words. */
interface Place {
  /** The words of the command, such as `backfills show`. */
  readonly words: readonly string[];
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly flags: readonly Flag[];
  /** What its arguments may be. */
  readonly args: Offer;
}

/**
 * The words of each kind of value. A kind is what stands in the brackets of a declaration: `phase` in `--from <phase>`. A kind that is
 * made of words with a bar between them, such as `one|each`, is its own list.
 */
export type Words = Readonly<Record<string, readonly string[]>>;

/** Kinds of values that are files or folders. */
const FILES = ['dir', 'file', 'paths'];
/** Kinds of values that no shell can know. */
const UNKNOWN = [
  ...[
    'date',
    'dates',
    'digits',
    'id',
    'json',
    'key',
    'location',
    'n',
    'name',
    'person',
    'player',
    'prefix',
    'region',
    'season',
  ],
  ...['seconds', 'sql', 'team', 'text', 'time', 'year'],
];

/**
 * The completion files by name.
 * @throws Error when an argument or a flag declares a kind of which nothing is known, or a kind of `words` is declared nowhere
 */
export function completions(program: Command, words: Words): ReadonlyMap<string, string> {
  const used = new Set<string>();
  const offerOf = (kind: string): Offer => {
    used.add(kind);
    if (kind.includes('|')) return kind.split('|');
    if (FILES.includes(kind)) return 'file';
    if (UNKNOWN.includes(kind)) return 'nothing';
    const known = words[kind];
    if (known === undefined)
      throw new Error(`Nothing is known of values <${kind}>, so no shell can complete them`);
    return known;
  };
  const places = placesOf(program, [], offerOf);
  const idle = Object.keys(words).filter((kind) => !used.has(kind));
  if (idle.length > 0) throw new Error(`No flag and no argument takes <${idle.join('>, <')}>`);
  return new Map([
    ['fullcourt.bash', bash(places)],
    ['_fullcourt', zsh(places)],
    ['fullcourt.fish', fish(places)],
  ]);
}

function placesOf(command: Command, words: readonly string[], offerOf: (kind: string) => Offer): Place[] {
  const own: Place = {
    words,
    commands: command.commands.map((each) => ({ name: each.name(), description: each.description() })),
    flags: command.options.map((option) => flagOf(option, offerOf)),
    args: argsOf(command.registeredArguments, offerOf),
  };
  return [own, ...command.commands.flatMap((each) => placesOf(each, [...words, each.name()], offerOf))];
}

function flagOf(option: Option, offerOf: (kind: string) => Offer): Flag {
  const kind = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1];
  return {
    name: option.long ?? option.flags,
    description: option.description,
    takes: kind === undefined ? undefined : offerOf(kind),
  };
}

function argsOf(declared: readonly Argument[], offerOf: (kind: string) => Offer): Offer {
  const offers = declared.map((each) => offerOf(each.name()));
  return offers.find((offer) => offer !== 'nothing') ?? 'nothing';
}

const NOTE = 'Written by `npm run generate` from the commands, their arguments and their flags.';

/** Flags that take the same, in one list. */
function byOffer(flags: readonly Flag[]): readonly (readonly [Offer, string])[] {
  const taking = flags.filter(({ takes }) => takes !== undefined);
  const groups = Map.groupBy(taking, ({ takes }) => JSON.stringify(takes));
  return [...groups.values()].map((group) => [
    group[0]?.takes ?? 'nothing',
    group.map(({ name }) => name).join('|'),
  ]);
}

function bash(places: readonly Place[]): string {
  const reply = (words: readonly string[]): string =>
    `COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current"))`;
  const offered = (offer: Offer): string =>
    offer === 'file'
      ? 'compopt -o default; return'
      : offer === 'nothing'
        ? 'return'
        : `${reply(offer)}; return`;
  const lines = [
    `# Completion for bash. ${NOTE}`,
    '# Use it with: source scripts/completions/fullcourt.bash',
    '_fullcourt() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" typed="" word',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    '    [[ $word == -* ]] && break',
    '    typed="$typed $word"',
    '  done',
    '  case "$typed" in',
  ];
  for (const { words, commands, flags, args } of places.toReversed()) {
    lines.push(`    ${patternOf(words)})`);
    const taking = byOffer(flags);
    if (taking.length > 0)
      lines.push(
        '      case "$before" in',
        ...taking.map(([offer, names]) => `        ${names}) ${offered(offer)} ;;`),
        '      esac',
      );
    if (args === 'file') lines.push('      [[ $current == -* ]] || { compopt -o default; return; }');
    const names = [...commands, ...flags].map(({ name }) => name);
    lines.push(`      ${reply([...names, ...(typeof args === 'string' ? [] : args)])} ;;`);
  }
  return [...lines, '  esac', '}', 'complete -F _fullcourt fullcourt', ''].join('\n');
}

/** The words of a command and whatever comes after them; for the program itself, anything. */
function patternOf(words: readonly string[]): string {
  const path = words.map((word) => ` ${word}`).join('');
  return path === '' ? '*' : `"${path}"|"${path} "*`;
}

function zsh(places: readonly Place[]): string {
  const offered = (offer: Offer): string =>
    offer === 'file' ? '_files' : offer === 'nothing' ? ':' : `compadd -- ${offer.join(' ')}`;
  const lines = [
    '#compdef fullcourt',
    `# Completion for zsh. ${NOTE}`,
    '# Use it with: fpath=($PWD/scripts/completions $fpath); autoload -U compinit; compinit',
    '_fullcourt() {',
    '  local typed="" word',
    '  local -a found',
    '  for word in "${(@)words[2,CURRENT-1]}"; do',
    '    [[ $word == -* ]] && break',
    '    typed="$typed $word"',
    '  done',
    '  case "$typed" in',
  ];
  for (const { words, commands, flags, args } of places.toReversed()) {
    const told = [...commands, ...flags].map(
      ({ name, description }) => `'${name}:${description.replaceAll("'", "'\\''").replaceAll(':', '\\:')}'`,
    );
    const taking = byOffer(flags);
    lines.push(`    ${patternOf(words)})`);
    if (taking.length > 0)
      lines.push(
        '      case "${words[CURRENT-1]}" in',
        ...taking.map(([offer, names]) => `        ${names}) ${offered(offer)}; return ;;`),
        '      esac',
      );
    lines.push(
      `      found=(${told.join(' ')})`,
      `      _describe fullcourt found${args === 'nothing' ? '' : `; ${offered(args)}`} ;;`,
    );
  }
  return [...lines, '  esac', '}', '_fullcourt "$@"', ''].join('\n');
}

function fish(places: readonly Place[]): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const value = (offer: Offer | undefined): string => {
    if (offer === undefined) return '';
    if (offer === 'file') return ' -r -F';
    return offer === 'nothing' ? ' -x' : ` -x -a ${quoted(offer.join(' '))}`;
  };
  const lines = [
    `# Completion for fish. ${NOTE}`,
    '# Use it with: source scripts/completions/fullcourt.fish',
    'complete -c fullcourt -f',
  ];
  for (const { words, commands, flags, args } of places) {
    const nested = words.map((word) => `__fish_seen_subcommand_from ${word}`);
    const own = commands.map(({ name }) => name).join(' ');
    const at = [...nested, ...(commands.length === 0 ? [] : [`not __fish_seen_subcommand_from ${own}`])].join(
      '; and ',
    );
    for (const { name, description } of commands)
      lines.push(`complete -c fullcourt -n ${quoted(at)} -a ${name} -d ${quoted(description)}`);
    for (const { name, description, takes } of flags)
      lines.push(
        `complete -c fullcourt -n ${quoted(at)} -l ${name.slice(2)}${value(takes)} -d ${quoted(description)}`,
      );
    if (args === 'file') lines.push(`complete -c fullcourt -n ${quoted(at)} -F`);
    else if (args !== 'nothing')
      lines.push(`complete -c fullcourt -n ${quoted(at)} -a ${quoted(args.join(' '))}`);
  }
  return `${lines.join('\n')}\n`;
}
